"""One policy a workload, both directions in it, with the reasons of its rows."""

import ipaddress
import json

import pytest

from quadrant_platform.components.network.isolation import matrix, network_policies, peers, rule, why
from quadrant_platform.model.schema.types import Segment
from quadrant_platform.vocabulary import MATRIX_NAME, WHY_ANNOTATION
from tests.components.sample import Manifest, endpoint, one, planned


def policy(name: str, stage: str = "dev") -> Manifest:
    """The policy of a workload."""
    return one(network_policies(planned(stage)), "NetworkPolicy", name)


def outside_blocks(name: str) -> dict[str, list[str]]:
    """The address blocks that a workload may reach, each with its exceptions."""
    blocks = [peer["ipBlock"] for to in policy(name)["spec"]["egress"] for peer in to["to"] if "ipBlock" in peer]
    return {block["cidr"]: block.get("except", []) for block in blocks}


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_every_workload_has_one_policy_of_its_name(stage: str) -> None:
    some = planned(stage)
    found = [(p["metadata"]["namespace"], p["metadata"]["name"]) for p in network_policies(some)]
    expected = [tuple(one.id.split("/")) for _, one in some.topology.own()]
    assert sorted(found) == sorted(expected), "a name that never changes is never replaced"


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_a_policy_governs_both_directions_of_its_own_pods(stage: str) -> None:
    some = planned(stage)
    for name, pods in some.topology.own():
        spec = one(network_policies(some), "NetworkPolicy", pods.id.split("/")[1])["spec"]
        assert spec["podSelector"] == {"matchLabels": dict(pods.labels)}, f"{name}: it selects these pods and no more"
        assert spec["policyTypes"] == ["Ingress", "Egress"], f"{name}: a direction left out would be open"


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_no_rule_is_open_to_all_peers_or_ports(stage: str) -> None:
    for found in network_policies(planned(stage)):
        for direction, side in (("ingress", "from"), ("egress", "to")):
            for entry in found["spec"][direction]:
                name = found["metadata"]["name"]
                assert entry[side], f"{name}: a rule without peers admits all"
                assert entry["ports"], f"{name}: a rule without ports opens all of them"
                assert all(isinstance(port["port"], int) for port in entry["ports"]), f"{name}: ports are numbers"


def test_a_row_is_a_rule_at_both_of_its_ends() -> None:
    port = {"port": 8081, "protocol": "TCP"}
    some = planned()
    out = [entry for entry in policy("api")["spec"]["egress"] if port in entry["ports"]]
    into = [entry for entry in policy("worker")["spec"]["ingress"] if port in entry["ports"]]
    assert [entry["to"] for entry in out] == [list(peers(endpoint(some, "worker")))], "the caller may open it"
    assert list(peers(endpoint(some, "api"))) in [entry["from"] for entry in into], "and the callee accepts"


def test_rows_with_one_peer_share_a_rule() -> None:
    peer = list(peers(endpoint(planned(), "events-db")))
    [entry] = [entry for entry in policy("worker")["spec"]["egress"] if entry["to"] == peer]
    assert [port["port"] for port in entry["ports"]] == [8123, 9000], "one peer, both ports"


def test_a_peer_is_named_by_namespace_and_labels_together() -> None:
    [peer] = peers(endpoint(planned(), "api"))
    assert peer == {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "shop-core"}},
        "podSelector": {"matchLabels": {"app.kubernetes.io/name": "api", "app.kubernetes.io/part-of": "shop"}},
    }, "as two peers, either would do, and half the cluster could call"


def test_the_way_out_is_both_worlds_without_private_ranges() -> None:
    blocks = outside_blocks("traefik-egress")
    assert set(blocks) == {"0.0.0.0/0", "::/0"}, "an API may be on either"
    for address in ("169.254.169.254", "fd00:ec2::254", "10.96.0.1", "192.168.1.1"):
        where = ipaddress.ip_address(address)
        [world] = [cidr for cidr in blocks if (":" in cidr) == (":" in address)]
        assert any(where in ipaddress.ip_network(cidr) for cidr in blocks[world]), f"{address} is not outside"


def test_the_way_out_is_open_on_the_port_of_https_only() -> None:
    [entry] = [e for e in policy("traefik-egress")["spec"]["egress"] if any("ipBlock" in peer for peer in e["to"])]
    assert entry["ports"] == [{"port": 443, "protocol": "TCP"}], "every API speaks TLS there"


@pytest.mark.parametrize("name", ["web", "api", "worker", "migrate", "orders-db", "session", "bus", "pictures"])
def test_no_other_workload_reaches_addresses_outside(name: str) -> None:
    assert not outside_blocks(name), "the egress Traefik is the only way out"


def test_the_reasons_stand_at_the_policy() -> None:
    text = policy("worker")["metadata"]["annotations"][WHY_ANNOTATION]
    assert "from shop-core/api to 8081/TCP: hands over" in text.splitlines(), "who calls, and why"
    assert "to shop-platform/bus:9092/TCP: takes orders" in text.splitlines(), "whom it calls, and why"
    arriving, leaving = planned().rows["shop-core/worker"]
    assert len(text.splitlines()) == len(arriving) + len(leaving), "a line a row"
    assert why(arriving, leaving) == text, "and nothing else"


def test_a_workload_without_rows_accepts_nothing() -> None:
    spec = policy("migrate")["spec"]
    assert spec["ingress"] == [], "a job accepts no connections"


def test_a_rule_lists_the_ports_of_its_rows() -> None:
    arriving, _ = planned().rows["shop-database/events-db"]
    rows = [row for row in arriving if row.source.id == "shop-core/worker"]
    assert rule("from", rows[0].source, rows)["ports"] == [
        {"port": 8123, "protocol": "TCP"},
        {"port": 9000, "protocol": "TCP"},
    ], "numbers and protocols, in the matrix's order"


def test_the_matrix_is_one_config_map_in_the_first_namespace() -> None:
    some = planned()
    found = matrix(some)
    assert (found["metadata"]["namespace"], found["metadata"]["name"]) == ("shop-frontend", MATRIX_NAME), (
        "found by its name"
    )
    assert found["metadata"]["labels"]["quadrant.dev/matrix"] == "true", "or by its label"
    assert found["data"]["matrix.json"] == some.matrix.canonical(), "the text that proofs compare"
    assert json.loads(found["data"]["matrix.json"])["system"] == "shop", "and can read"
    assert some.topology.segments[0] is Segment.FRONTEND, "the first segment in use"
