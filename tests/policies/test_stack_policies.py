"""Policies on a whole stack: what breaks when one object of a good platform changes, here and in the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from quadrant_platform.policies.core.violation import Violation
from quadrant_platform.policies.pack import check, not_applicable
from tests.policies import builders, shop
from tests.policies.builders import UNKNOWN, Manifest, find, replaced, without
from tests.policies.servicer import Pack
from tests.policies.shop import both_ways

PACK = Pack()
Stack = list[Manifest]
Rules = set[tuple[str, str]]


BAD_BLOCK: Manifest = {"ipBlock": {"cidr": "10.0.0.0/99"}}


def broken(stack: Stack) -> Rules:
    """The broken rules, found alike by the direct check and by the engine, with and without outputs."""
    direct = {(found.policy, found.check) for found in check(stack)}
    answer = both_ways(PACK, stack)
    assert answer.rules == direct, "the engine sees outputs, floats and proxies, and finds the same"
    return direct


def found_in(stack: Stack, policy: str) -> list[Violation]:
    return [found for found in check(stack) if found.policy == policy]


def with_policy(name: str, direction: str, rules: list[Manifest]) -> Stack:
    """The platform with other rules in one workload's policy."""
    return replaced(shop.stack(), "NetworkPolicy", name, f"spec/{direction}", rules)


def peer(namespace: str, name: str, port: int) -> Manifest:
    selector = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
        "podSelector": {"matchLabels": {"app.kubernetes.io/name": name}},
    }
    return {"from": [selector], "ports": [{"protocol": "TCP", "port": port}]}


def test_the_platform_of_these_tests_breaks_nothing() -> None:
    assert broken(shop.stack()) == set(), "what follows is the effect of one change"
    assert not any(PACK.analyze(one).diagnostics for one in shop.GOOD), "no object of it breaks a rule by itself"


@pytest.mark.demand("NET-23", partly="objects in the namespace of the monitoring stand beside no default-deny")
@pytest.mark.parametrize("direction", ["Ingress", "Egress"])
def test_a_segment_without_default_deny_is_refused(direction: str) -> None:
    deny = shop.default_deny("backend")
    deny["spec"]["policyTypes"] = ["Ingress" if direction == "Egress" else "Egress"]
    stack = [deny if one == shop.default_deny("backend") else one for one in shop.stack()]
    found = found_in(stack, "default-deny-everywhere")
    assert [(one.check, one.name) for one in found] == [(direction, "shop-backend")], "both directions are denied"
    assert ("default-deny-everywhere", direction) in broken(stack), "and the engine says so too"


def test_a_default_deny_with_a_rule_denies_nothing() -> None:
    deny = shop.default_deny("backend")
    stack = [one for one in shop.stack() if one != deny] + [builders.changed(deny, "spec/egress", [{}])]
    assert ("default-deny-everywhere", "Egress") in broken(stack), "an empty rule allows everything"


def test_a_segment_without_a_matrix_is_refused() -> None:
    stack = without(shop.stack(), "ConfigMap", "quadrant-matrix")
    assert {one.name for one in found_in(stack, "matrix-present")} == {
        "shop-frontend", "shop-backend", "shop-database",
    }, "each segment of the system is named"  # fmt: skip
    assert ("matrix-present", "missing") in broken(stack), "and the engine says so too"
    assert all(one.mandatory for one in PACK.analyze_stack(stack).diagnostics), "this stops the deployment"


def test_a_second_matrix_of_a_system_is_refused() -> None:
    stack = [*shop.stack(), builders.matrix_config_map(shop.matrix())]
    assert ("matrix-present", "duplicate") in broken(stack), "nobody could say which one holds"


def test_manifests_without_segments_and_matrix_are_not_applicable() -> None:
    plain = [builders.workload(), builders.service()]
    assert broken(plain) == set(), "isolation is not judged"
    assert "network-isolation" in PACK.analyze_stack(plain).not_applicable, "and the engine is told why"
    compared = {"matrix-present", "symmetric-rules", "reachability-equals-matrix", "one-entry-one-exit"}
    assert set(not_applicable(plain)) == compared, "whoever checks files is told too"
    assert not not_applicable(shop.GOOD), "with a matrix every policy applies"


def test_a_pod_that_no_policy_selects_is_refused() -> None:
    stack = [one for one in shop.stack() if one["metadata"]["name"] != "default-deny"]
    stack = without(stack, "NetworkPolicy", "db")
    found = found_in(stack, "every-pod-covered-both-directions")
    assert {(one.check, one.name) for one in found} == {("Ingress", "db"), ("Egress", "db")}, "it is open both ways"


def test_a_policy_that_selects_nothing_is_refused() -> None:
    path = "spec/podSelector/matchLabels"
    stack = replaced(shop.stack(), "NetworkPolicy", "db", path, {"app.kubernetes.io/name": "dbb"})
    assert ("every-pod-covered-both-directions", "selector") in broken(stack), "a typing error is found"


def test_a_peer_that_does_not_exist_is_refused() -> None:
    stack = with_policy("db", "ingress", [peer("shop-backend", "apy", 5432)])
    assert ("every-pod-covered-both-directions", "peer") in broken(stack), "a typing error is found"


@pytest.mark.parametrize(("name", "direction", "check"), [("db", "ingress", "ingress"), ("api", "egress", "egress")])
def test_a_rule_at_one_end_only_is_refused(name: str, direction: str, check: str) -> None:
    stack = with_policy(name, direction, [])
    assert ("symmetric-rules", check) in broken(stack), "a connection needs both ends"
    texts = " ".join(one.message for one in found_in(stack, "symmetric-rules"))
    assert "shop-backend/api -> shop-database/db 5432/TCP" in texts, "the message names the connection"


def test_a_refused_row_of_the_matrix_is_found() -> None:
    stack = with_policy("db", "ingress", [])
    found = found_in(stack, "reachability-equals-matrix")
    assert [(one.check, one.message) for one in found] == [
        ("missing", "shop-backend/api -> shop-database/db 5432/TCP is declared but refused"),
    ], "exactly the connection that is gone"  # fmt: skip


@pytest.mark.parametrize("rule", [
    peer("shop-frontend", "traefik", 5432),
    {"from": [], "ports": [{"protocol": "TCP", "port": 5432}]},
    {"from": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "ports": [{"protocol": "TCP", "port": 5432}]},
    {"from": [{"ipBlock": {"cidr": "::/0"}}], "ports": [{"protocol": "TCP", "port": 5432}]},
])  # fmt: skip
def test_an_undeclared_way_to_the_database_is_found(rule: Manifest) -> None:
    stack = with_policy("db", "ingress", [peer("shop-backend", "api", 5432), rule])
    open_egress: list[Manifest] = [{}]
    stack = replaced(stack, "NetworkPolicy", "traefik", "spec/egress", open_egress)
    assert ("reachability-equals-matrix", "excess") in broken(stack), "v4, v6 and pods alike"


def test_a_rule_without_ports_is_more_than_its_row() -> None:
    stack = shop.stack()
    for name, direction in (("api", "egress"), ("db", "ingress")):
        rules = find(stack, "NetworkPolicy", name)["spec"][direction]
        rules = [{key: value for key, value in rule.items() if key != "ports"} for rule in rules]
        stack = replaced(stack, "NetworkPolicy", name, f"spec/{direction}", rules)
    assert ("reachability-equals-matrix", "excess") in broken(stack), "all ports are not the declared one"


@pytest.mark.parametrize(
    ("row", "check"),
    [
        (("internet", "shop-backend/api", "TCP", 3001), "entry"),
        (("shop-backend/api", "internet", "TCP", 443), "exit"),
        (("shop-frontend/traefik", "internet", "TCP", 443), "exit"),
    ],
)
def test_a_second_way_in_or_out_is_refused_even_if_declared(row: Any, check: str) -> None:
    stack = shop.stack(shop.matrix((*shop.ROWS, row)))
    expected = {("one-entry-one-exit", check), ("netpol-hygiene", "world")}
    assert broken(stack) == expected, "rules and matrix agree, and it is still wrong"


def test_a_second_public_service_is_refused() -> None:
    stack = [*shop.stack(), builders.service("traefik", "backend", type="LoadBalancer", ports=[{"port": 443}])]
    assert ("one-entry-one-exit", "entry") in broken(stack), "its name alone does not make it the entry"


@pytest.mark.parametrize(
    "damage",
    [
        lambda stack: replaced(stack, "ConfigMap", "quadrant-matrix", "data", {"matrix.json": "{"}),
        lambda stack: replaced(stack, "ConfigMap", "quadrant-matrix", "data", {"matrix.json": '{"schema": 2}'}),
        lambda stack: replaced(stack, "ConfigMap", "quadrant-matrix", "data", {}),
        lambda stack: replaced(stack, "NetworkPolicy", "db", "spec/ingress", "all"),
        lambda stack: replaced(stack, "NetworkPolicy", "db", "spec/ingress", [{"from": [{}]}]),
        lambda stack: replaced(stack, "NetworkPolicy", "db", "spec/ingress", [{"from": [BAD_BLOCK]}]),
    ],
)
def test_what_cannot_be_read_stops_the_deployment(damage: Callable[[Stack], Stack]) -> None:
    stack = damage(shop.stack())
    assert ("well-formed", "type") in broken(stack), "a matrix or a rule that cannot be read is no excuse"


def test_an_unknown_rule_must_be_known_at_preview() -> None:
    stack = replaced(shop.stack(), "NetworkPolicy", "db", "spec/ingress", UNKNOWN)
    assert ("matrix-present", "unknown") in broken(stack), "isolation cannot be proved without it"


def test_a_row_that_names_a_stranger_is_refused() -> None:
    declared = shop.matrix()
    declared["rows"].append({"from": "nobody", "to": "shop-database/db", "protocol": "TCP", "port": 1})
    stack = shop.stack()
    stack[3] = builders.matrix_config_map(declared)
    assert ("matrix-present", "peer") in broken(stack), "rows speak of peers"
    assert ("reachability-equals-matrix", "unprovable") in broken(stack), "and cannot be proved otherwise"


def test_findings_carry_the_place_of_their_object() -> None:
    stack = with_policy("db", "ingress", [])
    urns = {one.urn for one in PACK.analyze_stack(stack).diagnostics}
    assert urns == {"urn:pulumi:dev::shop::kubernetes:core/v1:ConfigMap::shop-frontend/quadrant-matrix"}, (
        "the engine can point at the resource"
    )
