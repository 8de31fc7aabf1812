"""Disruption budgets and autoscalers."""

from __future__ import annotations

import pytest

from tests.policies.builders import UNKNOWN, replaced
from tests.policies.consistent import Change, tidy
from tests.policies.judging import consistency

POLICY, PDB, HPA = "pdb-and-hpa-consistent", "PodDisruptionBudget", "HorizontalPodAutoscaler"
CHANGES = (
    Change(f"{POLICY}/budget", "several pods without a budget", PDB),
    Change(f"{POLICY}/drain", "a budget that spares none", PDB, "spec/maxUnavailable", 0),
    Change(f"{POLICY}/drain", "a budget that spares none, in percent", PDB, "spec/maxUnavailable", "0%"),
    Change("", "a share is rounded up", PDB, "spec/maxUnavailable", "1%"),
    Change(f"{POLICY}/drain", "a budget that wants all", PDB, "spec/minAvailable", "51%"),
    Change("", "a budget that wants half", PDB, "spec/minAvailable", "50%"),
    Change(f"{POLICY}/target", "an autoscaler without target", HPA, "spec/scaleTargetRef/name", "apy"),
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
