"""Address blocks: exact on every address of both families."""

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quadrant_platform.reachability import Connection, Scope, connections
from quadrant_platform.reachability.addresses import Cells, Range
from tests.reachability.builders import TCP80, Spec, address_set, admit, app, deny, permit, pod, policy

POD = [pod("red/web")]
PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"]
EVERYWHERE = {"ipBlock": {"cidr": "0.0.0.0/0", "except": PRIVATE}}
SETS = Scope(
    [
        address_set("metadata", "169.254.169.254/32"),
        address_set("metadata-v6", "fd00:ec2::254/128"),
        address_set("public", "203.0.113.10/32"),
        address_set("public-v6", "2001:db8::10/128"),
        address_set("private", *PRIVATE),
    ]
)


def reached(*peers: Spec) -> set[str]:
    """Return the sets and cells that the pod reaches when one rule permits the peers."""
    rule = policy("red/p", app("web"), types=["Ingress", "Egress"], egress=permit(peers, TCP80))
    return {edge.target for edge in connections([rule], POD, scope=SETS) if edge.source == "red/web"}


def test_an_exception_takes_addresses_out() -> None:
    assert reached(EVERYWHERE) == {"public", "0.0.0.0/0"}, "private and metadata addresses are refused"


def test_one_family_says_nothing_about_the_other() -> None:
    assert not {"public-v6", "metadata-v6", "::/0"} & reached(EVERYWHERE), "0.0.0.0/0 is IPv4 only"
    assert not {"public", "metadata", "0.0.0.0/0"} & reached({"ipBlock": {"cidr": "::/0"}}), "::/0 is IPv6 only"


def test_an_exception_of_one_peer_is_filled_by_another() -> None:
    assert "metadata" in reached(EVERYWHERE, {"ipBlock": {"cidr": "169.254.169.254/32"}}), "peers are a union"


def test_a_rule_without_peers_reaches_every_address() -> None:
    assert {"metadata", "metadata-v6", "0.0.0.0/0", "::/0"} <= reached(), "no peers mean everything"


def test_a_selector_of_all_namespaces_reaches_no_address() -> None:
    assert not reached({"namespaceSelector": {}}), "addresses are outside of every namespace"


def test_an_address_set_is_named_only_if_all_of_it_agrees() -> None:
    found = reached({"ipBlock": {"cidr": "10.0.0.0/8"}})
    assert "private" not in found, "most of the set is refused"
    assert "10.0.0.0/8" in found, "the cell that is allowed is named"


def test_ingress_from_addresses_is_judged_alike() -> None:
    rule = policy("red/p", app("web"), types=["Ingress"], ingress=admit([EVERYWHERE], TCP80))
    edges = connections([deny("red"), rule], POD, scope=SETS)
    assert {edge.source for edge in edges} == {"public", "0.0.0.0/0"}, "an exception holds inwards too"
    assert Connection("public", "red/web", "TCP", 80) in edges, "the address is the source"


def test_host_bits_of_a_network_are_dropped() -> None:
    assert "10.0.0.0/8" in reached({"ipBlock": {"cidr": "10.9.8.7/8"}}), "as the API server's parser does"


def test_a_network_without_addresses_of_its_own_has_no_cell() -> None:
    cells = Cells(["10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9"])
    assert "10.0.0.0/8" not in cells.all, "its halves leave nothing of it"
    assert cells.of_range(Range("10.0.0.0/8")) == {"10.0.0.0/9", "10.128.0.0/9"}, "the halves are the whole"


def test_a_malformed_network_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.0/33"):
        Cells(["10.0.0.0/33"])


networks = st.one_of(
    st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 32)).map(lambda pair: str(ip_network(pair, strict=False))),
    st.tuples(st.integers(0, 2**128 - 1), st.integers(0, 128)).map(lambda pair: str(ip_network(pair, strict=False))),
)


@given(st.lists(networks, max_size=12), st.data())
def test_every_address_lies_in_exactly_one_innermost_cell(named: list[str], data: st.DataObject) -> None:
    cells = Cells(named)
    chosen = ip_network(data.draw(st.sampled_from([*named, "0.0.0.0/0", "::/0"])))
    address = chosen[data.draw(st.integers(0, chosen.num_addresses - 1))]
    holding = [ip_network(name) for name in [*named, "0.0.0.0/0", "::/0"] if address in ip_network(name)]
    innermost = max(holding, key=lambda network: network.prefixlen)
    assert str(innermost) in cells.all, "a network that holds an address by itself has a cell"
    for name in named:
        assert (str(innermost) in cells.of_range(Range(name))) == (address in ip_network(name)), (
            "a cell lies wholly inside a network or wholly outside"
        )
