"""The evaluator by sets agrees with a reference that judges every connection alone."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from quadrant_platform.reachability import (
    Connection,
    Connectivity,
    ContainerPort,
    Pod,
    Scope,
    Socket,
    connections,
    parse_policies,
)
from tests.reachability.builders import address_set, policy
from tests.reachability.reference import End, Reference

PROTOCOLS = ("TCP", "UDP", "SCTP")
NETWORKS = {
    "0.0.0.0/0": ["10.0.0.0/8", "10.1.0.0/16", "169.254.169.254/32"],
    "10.0.0.0/8": ["10.1.0.0/16", "10.128.0.0/9"],
    "10.0.0.0/9": ["10.1.0.0/16"],
    "10.1.2.3/32": [],
    "::/0": ["fc00::/7", "fd00:ec2::254/128"],
    "2001:db8::/32": ["2001:db8:1::/48"],
}
ADDRESSES = (
    "10.1.2.3", "10.1.0.9", "10.2.0.1", "10.200.0.1", "169.254.169.254", "203.0.113.10",
    "2001:db8::1", "2001:db8:1::1", "fd00:ec2::254", "fd00::1", "2600::1",
)  # fmt: skip

labels = st.dictionaries(st.sampled_from(["app", "tier"]), st.sampled_from(["one", "two"]), max_size=2)
namespaces = st.fixed_dictionaries(dict.fromkeys(("red", "green", "blue"), labels))
expression = st.one_of(
    st.fixed_dictionaries(
        {
            "key": st.sampled_from(["app", "tier"]),
            "operator": st.sampled_from(["In", "NotIn"]),
            "values": st.lists(st.sampled_from(["one", "two"]), min_size=1, max_size=2),
        }
    ),
    st.fixed_dictionaries(
        {"key": st.sampled_from(["app", "tier"]), "operator": st.sampled_from(["Exists", "DoesNotExist"])}
    ),
)
selectors = st.fixed_dictionaries(
    {}, optional={"matchLabels": labels, "matchExpressions": st.lists(expression, max_size=2)}
)
named_place = st.sampled_from(["red", "blue"]).map(lambda name: {"matchLabels": {"kubernetes.io/metadata.name": name}})
places = st.one_of(selectors, named_place)


@st.composite
def ip_blocks(draw: st.DrawFn) -> dict[str, Any]:
    cidr = draw(st.sampled_from(sorted(NETWORKS)))
    excepts = draw(st.lists(st.sampled_from(NETWORKS[cidr]), unique=True)) if NETWORKS[cidr] else []
    return {"ipBlock": {"cidr": cidr} | ({"except": excepts} if excepts else {})}


peers = st.one_of(
    ip_blocks(),
    st.fixed_dictionaries({"podSelector": selectors}),
    st.fixed_dictionaries({"namespaceSelector": places}),
    st.fixed_dictionaries({"namespaceSelector": places, "podSelector": selectors}),
)
protocols = st.sampled_from(PROTOCOLS)
port_rules = st.one_of(
    st.fixed_dictionaries({"port": st.sampled_from([80, 81, "web", "dns"])}, optional={"protocol": protocols}),
    st.fixed_dictionaries({"port": st.just(79), "endPort": st.sampled_from([80, 90])}),
    st.fixed_dictionaries({}, optional={"protocol": protocols}),
)


def rules(side: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    rule = st.fixed_dictionaries(
        {}, optional={side: st.lists(peers, max_size=2), "ports": st.lists(port_rules, max_size=2)}
    )
    return st.lists(rule, max_size=2)


@st.composite
def policies(draw: st.DrawFn) -> list[dict[str, Any]]:
    optional: dict[str, st.SearchStrategy[Any]] = {
        "types": st.lists(st.sampled_from(["Ingress", "Egress"]), unique=True, min_size=1),
        "ingress": rules("from"),
        "egress": rules("to"),
    }
    specs: list[dict[str, Any]] = draw(
        st.lists(st.fixed_dictionaries({"selector": selectors}, optional=optional), max_size=5)
    )
    homes = [draw(st.sampled_from(["red", "green", "blue"])) for _ in specs]
    return [policy(f"{home}/p{number}", **spec) for number, (home, spec) in enumerate(zip(homes, specs, strict=True))]


@st.composite
def pods(draw: st.DrawFn) -> list[Pod]:
    port = st.builds(ContainerPort, st.sampled_from([80, 53]), protocols, st.sampled_from(["web", "dns", None]))
    found = []
    for number in range(draw(st.integers(1, 5))):
        home = draw(st.sampled_from(["red", "green", "blue"]))
        ports = tuple(draw(st.lists(port, max_size=2)))
        found.append(Pod(f"{home}/pod{number}", home, draw(labels), ports))
    return found


def by_reference(
    rules: list[dict[str, Any]],
    found: list[Pod],
    places: dict[str, dict[str, str]],
    sockets: frozenset[tuple[str, int]],
) -> set[Connection]:
    reference = Reference(rules, places)
    ends: list[End] = [*found, *ADDRESSES]
    names = {id(end): end if isinstance(end, str) else end.id for end in ends}
    return {
        Connection(names[id(source)], names[id(target)], *socket)
        for source in ends
        for target in ends
        if source is not target and not (isinstance(source, str) and isinstance(target, str))
        for socket in sockets
        if reference.allows(source, target, *socket)
    }


@settings(max_examples=100)
@given(policies(), pods(), namespaces)
def test_sets_and_single_judgements_agree_on_every_connection(
    rules: list[dict[str, Any]], found: list[Pod], places: dict[str, dict[str, str]]
) -> None:
    sockets = frozenset(Socket("TCP", port) for port in (7, 53, 79, 80, 81, 85, 90))
    sockets |= {Socket(protocol, port) for protocol in ("UDP", "SCTP") for port in (53, 80)}
    sets = [address_set(address, address) for address in ADDRESSES]
    graph = Connectivity(parse_policies(rules), found, places, Scope(sets, sockets))
    asked = {pod.id for pod in found} | set(ADDRESSES)
    names = {f"{address}/{'128' if ':' in address else '32'}": address for address in ADDRESSES}
    answered = {
        edge._replace(source=names.get(edge.source, edge.source), target=names.get(edge.target, edge.target))
        for edge in graph.connections()
        if (edge.protocol, edge.port) in sockets
    }
    ours = {edge for edge in answered if edge.source in asked and edge.target in asked}
    assert ours == by_reference(rules, found, places, sockets), "both implement one specification"


@settings(max_examples=40)
@given(policies(), pods(), namespaces)
def test_a_result_does_not_depend_on_the_order_of_policies_and_pods(
    rules: list[dict[str, Any]], found: list[Pod], places: dict[str, dict[str, str]]
) -> None:
    forward = connections(rules, found, places)
    assert forward == connections(rules[::-1], found[::-1], places), "policies are a union"
