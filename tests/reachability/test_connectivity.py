"""NetworkPolicy semantics, pitfall by pitfall."""

from typing import Any

import pytest

from quadrant_platform.reachability import Connection, ContainerPort, connections
from tests.reachability.builders import TCP80, admit, app, between, deny, permit, pod, policy

PODS = [
    pod("red/web", ContainerPort(80, "TCP", "http"), tier="front"),
    pod("red/api", ContainerPort(80), ContainerPort(53, "UDP", "dns"), tier="back"),
    pod("blue/api", ContainerPort(80), ContainerPort(8080, "TCP", "http")),
]
PLACES = {"red": {"team": "a"}, "blue": {"team": "b"}}
WEB, API, OTHER = "red/web", "red/api", "blue/api"


def sources(ingress: list[Any], target: str = API, **more: Any) -> set[str]:
    """Return the pods that reach a target's port 80 when one policy in its namespace admits them."""
    namespace, _, name = target.partition("/")
    rule = policy(f"{namespace}/p", app(name), types=["Ingress"], ingress=ingress, **more)
    edges = connections([rule], PODS, namespaces=PLACES)
    return {edge.source for edge in edges if edge.target == target and edge[2:] == ("TCP", 80)} & {WEB, API, OTHER}


def expression(operator: str, *values: str) -> dict[str, Any]:
    """Return a selector by the label `tier`, which the other api does not have."""
    listed = {"values": list(values)} if values else {}
    return {"matchExpressions": [{"key": "tier", "operator": operator, **listed}]}


def test_without_policies_every_declared_port_is_open_to_all() -> None:
    edges = connections([], PODS)
    assert between(edges, WEB, OTHER) == {("TCP", 80), ("TCP", 8080)}, "a pod that no policy selects is not isolated"
    assert Connection("0.0.0.0/0", WEB, "TCP", 80) in edges, "an open pod is open to addresses too"


def test_a_pod_and_itself_is_no_connection_of_the_result() -> None:
    assert not any(edge.source == edge.target for edge in connections([], PODS)), "a pod always reaches itself"


def test_an_empty_selector_denies_the_whole_namespace_and_no_other() -> None:
    edges = connections([deny("red")], PODS)
    found = {(edge.source, edge.target) for edge in edges}
    assert found == {("0.0.0.0/0", OTHER), ("::/0", OTHER)}, "only the other namespace stays open, to addresses"


@pytest.mark.parametrize(
    ("spec", "isolates"),
    [
        ({}, {"in"}),
        ({"ingress": []}, {"in"}),
        ({"egress": []}, {"in"}),
        ({"egress": [{"ports": [{"port": 1}]}]}, {"in", "out"}),
        ({"types": ["Egress"]}, {"out"}),
        ({"types": ["Egress"], "ingress": [{}]}, {"out"}),
        ({"types": ["Ingress"], "egress": [{}]}, {"in"}),
        ({"types": ["Ingress", "Egress"]}, {"in", "out"}),
    ],
)
def test_policy_types_default_as_the_api_server_does(spec: dict[str, Any], isolates: set[str]) -> None:
    edges = connections([policy("red/p", app("api"), **spec)], PODS)
    closed = {"in"} if ("TCP", 80) not in between(edges, WEB, API) else set()
    closed |= {"out"} if ("TCP", 80) not in between(edges, API, WEB) else set()
    assert closed == isolates, "ingress is always affected by default, egress only if it has rules"


@pytest.mark.parametrize(
    ("peers", "expected"),
    [
        ([], {WEB, OTHER}),
        ([{"podSelector": {}}], {WEB}),
        ([{"podSelector": app("api")}], set()),
        ([{"podSelector": app("web")}], {WEB}),
        ([{"namespaceSelector": {}}], {WEB, OTHER}),
        ([{"namespaceSelector": {}, "podSelector": app("api")}], {OTHER}),
        ([{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "blue"}}}], {OTHER}),
        ([{"namespaceSelector": {"matchLabels": {"team": "b"}}, "podSelector": app("web")}], set()),
        ([{"namespaceSelector": {"matchLabels": {"team": "b"}}}, {"podSelector": app("web")}], {WEB, OTHER}),
        ([{"ipBlock": {"cidr": "0.0.0.0/0"}}], set()),
        ([{"podSelector": expression("Exists")}], {WEB}),
        ([{"podSelector": expression("In", "front", "other")}], {WEB}),
        ([{"namespaceSelector": {}, "podSelector": expression("NotIn", "front")}], {OTHER}),
        ([{"namespaceSelector": {}, "podSelector": expression("DoesNotExist")}], {OTHER}),
    ],
)
def test_a_peer_selects_pods_by_namespace_and_labels(peers: list[Any], expected: set[str]) -> None:
    assert sources(admit(peers)) == expected, "selectors of one peer are joined by and, peers by or"


@pytest.mark.parametrize(
    ("ports", "expected"),
    [
        ([], {("TCP", 80), ("UDP", 53)}),
        ([{}], {("TCP", 80)}),
        ([{"port": 80}], {("TCP", 80)}),
        ([{"port": 53}], {("TCP", 53)}),
        ([{"port": 53, "protocol": "UDP"}], {("UDP", 53)}),
        ([{"protocol": "UDP"}], {("UDP", 53)}),
        ([{"port": 80, "protocol": "SCTP"}], {("SCTP", 80)}),
        ([{"port": "dns", "protocol": "UDP"}], {("UDP", 53)}),
        ([{"port": "dns"}], set()),
        ([{"port": "http"}], set()),
        ([{"port": 79, "endPort": 90}], {("TCP", 79), ("TCP", 80), ("TCP", 90)}),
        ([{"port": 9999}], {("TCP", 9999)}),
    ],
)
def test_ports_open_what_they_name_and_no_more(ports: list[Any], expected: set[tuple[str, int]]) -> None:
    rule = policy("red/p", app("api"), types=["Ingress"], ingress=admit([], ports))
    assert between(connections([rule], PODS), WEB, API) == expected, "a protocol defaults to TCP, no ports mean all"


def test_a_named_port_is_resolved_on_each_destination_pod() -> None:
    rule = policy("red/p", app("api"), types=["Egress"], egress=permit([{"namespaceSelector": {}}], [{"port": "http"}]))
    edges = connections([rule], PODS)
    assert between(edges, API, WEB) == {("TCP", 80)}, "web calls its port 80 http"
    assert between(edges, API, OTHER) == {("TCP", 8080)}, "the other api calls its port 8080 http"


def test_policies_add_up_and_take_nothing_away() -> None:
    one = policy("red/one", app("api"), types=["Ingress"], ingress=admit([{"podSelector": app("web")}], TCP80))
    two = policy("red/two", app("api"), types=["Ingress"], ingress=admit([{"namespaceSelector": {}}], [{"port": 81}]))
    edges = connections([deny("red"), one, two, policy("red/open", app("web"), types=["Egress"], egress=[{}])], PODS)
    assert between(edges, WEB, API) == {("TCP", 80), ("TCP", 81)}, "a deny takes nothing away from an allow"


def test_both_ends_must_agree() -> None:
    out = policy("red/out", app("web"), types=["Egress"], egress=permit([{"podSelector": app("api")}], TCP80))
    into = policy("red/in", app("api"), types=["Ingress"], ingress=admit([{"podSelector": app("web")}], [{"port": 81}]))
    assert not between(connections([out, into], PODS), WEB, API), "egress opens 80 and ingress 81: nothing passes"


def test_labels_of_a_workload_that_are_not_on_its_pods_select_nothing() -> None:
    rule = policy("red/p", {"matchLabels": {"app": "api", "tier": "other"}}, types=["Ingress"])
    assert ("TCP", 80) in between(connections([rule], PODS), WEB, API), "every label of a selector must match"


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_a_peer_that_the_api_server_refuses_is_an_error_that_names_the_policy(direction: str) -> None:
    side = "from" if direction == "ingress" else "to"
    with pytest.raises(ValueError, match="red/p: a peer needs"):
        connections([policy("red/p", {}, **{direction: [{side: [{}]}]})], PODS)


def test_an_unknown_operator_is_an_error_that_names_it() -> None:
    selector = {"matchExpressions": [{"key": "tier", "operator": "Gt", "values": ["1"]}]}
    with pytest.raises(ValueError, match="red/p: operator 'Gt' of key 'tier'"):
        connections([policy("red/p", selector)], PODS)


def test_policies_of_other_groups_are_not_ours_to_judge() -> None:
    foreign = {**deny("red"), "apiVersion": "crd.projectcalico.org/v1"}
    assert connections([foreign], PODS) == connections([], PODS), "they have other semantics"


def test_output_has_one_order() -> None:
    found = connections([], PODS)
    by_field = sorted(found, key=lambda one: (one.source, one.target, one.protocol, one.port))
    assert sorted(found) == by_field, "a report must not differ between runs"
