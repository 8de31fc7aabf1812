"""Disruption budgets, together with autoscalers, and two of them on one pod."""

from __future__ import annotations

from typing import Any

import pytest

from tests.policies.builders import UNKNOWN, Manifest, changed, obj, of_kind, pod_spec, replaced
from tests.policies.consistent import NAME, Change, tidy
from tests.policies.judging import consistency, found_in

POLICY, PDB, HPA = "pdb-and-hpa-consistent", "PodDisruptionBudget", "HorizontalPodAutoscaler"


def budget(name: str, segment: str = "backend", **spec: Any) -> Manifest:
    return obj("policy/v1", PDB, name, segment, spec=spec)


WHOLE = {"matchLabels": {"app.kubernetes.io/part-of": "shop"}}
OWN_CLUSTER = {"matchLabels": {"cnpg.io/cluster": "ledger"}}
CHANGES = (
    Change(f"{POLICY}/two-budgets", "a wider budget on the same pods", added=budget("all", minAvailable=1,
           selector=WHOLE)),
    Change(f"{POLICY}/two-budgets", "a budget for the whole namespace", added=budget("all", minAvailable=1,
           selector={})),
    Change(f"{POLICY}/selector", "a budget without a selector, which is for no pod",
           added=budget("all", maxUnavailable=1)),
    Change("", "the same labels in another namespace", added=budget("all", "frontend", maxUnavailable=1,
           selector=WHOLE)),
    Change(f"{POLICY}/drain", "a budget that lets none go, whoever its pods are",
           added=budget("ledger", "database", maxUnavailable="0%", selector=OWN_CLUSTER)),
    Change(f"{POLICY}/budget", "several pods without a budget", PDB),
    Change(f"{POLICY}/drain", "a budget that spares none", PDB, "spec/maxUnavailable", 0),
    Change(f"{POLICY}/drain", "a budget that spares none, in percent", PDB, "spec/maxUnavailable", "0%"),
    Change("", "a share is rounded up", PDB, "spec/maxUnavailable", "1%"),
    Change(f"{POLICY}/drain", "a budget that wants all", PDB, "spec/minAvailable", "51%"),
    Change("", "a budget that wants half", PDB, "spec/minAvailable", "50%"),
    Change(f"{POLICY}/least", "an autoscaler down to one pod", HPA, "spec/minReplicas", 1),
    Change(f"{POLICY}/least", "an autoscaler down to one pod by default", HPA, "spec/minReplicas"),
    Change(f"{POLICY}/range", "an autoscaler without room", HPA, "spec/maxReplicas", 1),
    Change(f"{POLICY}/replicas", "replicas fixed beside an autoscaler", "Deployment", "spec/replicas", 2),
)  # fmt: skip


@pytest.mark.parametrize("case", CHANGES, ids=str)
def test_a_change_of_a_consistent_set_breaks_exactly_its_rule(case: Change) -> None:
    assert consistency(case.applied(tidy())) == case.expected, case.about


def test_an_autoscaler_counts_as_the_number_of_pods() -> None:
    budget = {"minAvailable": 2, "selector": {"matchLabels": {"app.kubernetes.io/name": "api"}}}
    stack = replaced(tidy(), PDB, "api", "spec", budget)
    assert consistency(stack) == {(POLICY, "drain")}, "at its least there are two, and none may go"
    stack = replaced(stack, HPA, "api", "spec/minReplicas", 3)
    assert consistency(stack) == set(), "of three, one may"


@pytest.mark.parametrize("path", ["spec/maxUnavailable", "spec/selector/matchLabels"])
def test_an_unknown_value_must_be_known_at_preview(path: str) -> None:
    stack = replaced(tidy(), PDB, "api", path, UNKNOWN)
    assert (POLICY, "unknown") in consistency(stack), "a drain may never end"


def test_the_finding_is_at_the_wider_budget_and_names_the_others() -> None:
    (found,) = found_in([*tidy(), budget("all", minAvailable=1, selector={})], POLICY)
    assert (found.name, found.message.split()[0]) == ("all", "api"), "it is the one to remove or to narrow"


def test_a_budget_that_two_files_have_is_no_second_one() -> None:
    twice = [*tidy(), budget("api", maxUnavailable=1, selector={"matchLabels": NAME})]
    assert not found_in(twice, POLICY), "that an object is there twice is another policy's finding"


@pytest.mark.parametrize("kind", ["DaemonSet", "Job", "CronJob"])
def test_only_a_number_guards_pods_that_nobody_counts(kind: str) -> None:
    made = of_kind(kind, pod_spec("api", 3001))
    amounts: list[Manifest] = [{"maxUnavailable": 1}, {"minAvailable": "50%"}, {"minAvailable": 1}]
    found = [found_in([made, budget("api", **amount, selector={"matchLabels": NAME})], POLICY) for amount in amounts]
    assert [bool(some) for some in found] == [True, True, False], (
        "Kubernetes asks controllers with a scale for the wanted number, and these have none"
    )


def test_two_budgets_share_the_pods_that_an_operator_makes() -> None:
    cluster = obj("postgresql.cnpg.io/v1", "Cluster", "ledger", "database", spec={"instances": 3})
    primary = {"matchLabels": {**OWN_CLUSTER["matchLabels"], "cnpg.io/instanceRole": "primary"}}
    wide, narrow = (budget(name, "database", maxUnavailable=1, selector=chosen)
                    for name, chosen in (("all", OWN_CLUSTER), ("primary", primary)))  # fmt: skip
    assert [one.check for one in found_in([cluster, wide, narrow], POLICY)] == ["two-budgets"], "both are for it"
    other = changed(wide, "spec/selector/matchLabels", {"cnpg.io/cluster": "ledger", "team": "a"})
    assert not found_in([cluster, other, narrow], POLICY), "whether its pods have that label is not known"
