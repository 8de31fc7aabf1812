"""The isolation of segments: a matrix, default-deny, and policies that select the pods."""

from __future__ import annotations

import pytest

from tests.policies import builders, shop
from tests.policies.builders import find, replaced, without, workload
from tests.policies.consistent import Change, tidy
from tests.policies.judging import PACK, broken, consistency, found_in

CHANGES = (
    Change("default-deny-everywhere/Egress", "egress is open by default", "NetworkPolicy", "spec/policyTypes",
           ["Ingress"], name="default-deny"),
    Change("every-pod-covered-both-directions/selector", "a policy without pods", "NetworkPolicy", "spec/podSelector",
           {"matchLabels": {"app.kubernetes.io/name": "apy"}}),
    Change("every-pod-covered-both-directions/peer", "a peer without pods", "NetworkPolicy",
           "spec/ingress/0/from/0/podSelector/matchLabels", {"app.kubernetes.io/name": "apy"}),
    Change("", "a peer in a namespace that is not here", "NetworkPolicy", "spec/ingress/0/from/0/namespaceSelector",
           {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}),
)  # fmt: skip


@pytest.mark.parametrize("case", CHANGES, ids=str)
def test_a_change_of_a_consistent_set_breaks_exactly_its_rule(case: Change) -> None:
    assert consistency(case.applied(tidy())) == case.expected, case.about


@pytest.mark.demand("NET-23", partly="objects of ours are in the namespace monitoring, which has no default-deny")
@pytest.mark.parametrize("direction", ["Ingress", "Egress"])
def test_a_segment_without_default_deny_is_refused(direction: str) -> None:
    deny = shop.default_deny("backend")
    deny["spec"]["policyTypes"] = ["Ingress" if direction == "Egress" else "Egress"]
    stack = [deny if one == shop.default_deny("backend") else one for one in shop.stack()]
    found = found_in(stack, "default-deny-everywhere")
    assert [(one.check, one.name) for one in found] == [(direction, "shop-backend")], "both directions are denied"
    assert ("default-deny-everywhere", direction) in broken(stack), "and the engine finds the same"


def test_a_default_deny_with_a_rule_denies_nothing() -> None:
    deny = shop.default_deny("backend")
    stack = [one for one in shop.stack() if one != deny] + [builders.changed(deny, "spec/egress", [{}])]
    assert ("default-deny-everywhere", "Egress") in broken(stack), "an empty rule allows everything"


def test_a_segment_without_a_matrix_is_refused() -> None:
    stack = without(shop.stack(), "ConfigMap", "quadrant-matrix")
    assert {one.name for one in found_in(stack, "matrix-present")} == {
        "shop-frontend", "shop-backend", "shop-database",
    }, "each segment of the system is named"  # fmt: skip
    assert ("matrix-present", "missing") in broken(stack), "and the engine finds the same"
    assert all(one.mandatory for one in PACK.analyze_stack(stack).diagnostics if one.policy == "matrix-present"), (
        "this stops the deployment"
    )


def test_a_second_matrix_of_a_system_is_refused() -> None:
    stack = [*shop.stack(), builders.matrix_config_map(shop.matrix())]
    assert ("matrix-present", "duplicate") in broken(stack), "either could hold"


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
    stack = shop.with_rules("db", "ingress", [shop.ingress_rule("shop-backend", "apy", 5432)])
    assert ("every-pod-covered-both-directions", "peer") in broken(stack), "a typing error is found"


def test_a_row_that_names_no_peer_is_refused() -> None:
    declared = shop.matrix()
    declared["rows"].append({"from": "unknown", "to": "shop-database/db", "protocol": "TCP", "port": 1})
    stack = shop.stack()
    stack[3] = builders.matrix_config_map(declared)
    assert ("matrix-present", "peer") in broken(stack), "rows name peers"
    assert ("reachability-equals-matrix", "unprovable") in broken(stack), "and cannot be proved otherwise"


def test_without_a_matrix_pods_beside_a_network_policy_need_one_too() -> None:
    policy = find(tidy(), "NetworkPolicy", "api")
    uncovered = {("every-pod-covered-both-directions", side) for side in ("Ingress", "Egress")}
    assert consistency([policy, workload(), workload("web")]) == uncovered, "the second workload was forgotten"
    deny = find(tidy(), "NetworkPolicy", "default-deny")
    assert consistency([policy, workload(), workload("web"), deny]) == set(), "a policy for all pods covers it"
    assert consistency([workload("web")]) == set(), "without any policy at hand they may be elsewhere"
