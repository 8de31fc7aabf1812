"""The lifecycle of workloads: pods without a controller, updates and Jobs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.policies.builders import REMOVE, UNKNOWN, Manifest, changed, workload
from tests.policies.cases import PodCase, breaks, keeps
from tests.policies.judging import engine_rules, rules

CASES = (
    breaks("terminationGracePeriodSeconds", 0, "rollout-safety/grace"),
    breaks("priorityClassName", REMOVE, "rollout-safety/priority"),
    breaks("priorityClassName", UNKNOWN, "rollout-safety/unknown"),
    keeps("terminationGracePeriodSeconds", 1),
)

POD_SPEC = "spec/template/spec"
WITHOUT_DEADLINE = changed(workload(kind="Job"), "spec/activeDeadlineSeconds", None)
CLAIM = {"name": "data", "persistentVolumeClaim": {"claimName": "data"}}


def deployment(**strategy: Any) -> Manifest:
    return changed(changed(workload(), "spec/strategy", strategy), "spec/replicas", 3)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_change_breaks_exactly_its_rules(case: PodCase) -> None:
    assert rules(case.manifest) == case.rules, "the direct check finds what the case names and nothing else"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_engine_sees_the_same_rules_broken(case: PodCase) -> None:
    assert engine_rules(case.manifest) == case.rules, "proxies, floats and unknowns change nothing"


@pytest.mark.parametrize(("manifest", "check"), [
    (deployment(type="Recreate"), "strategy"),
    (changed(deployment(type="Recreate"), f"{POD_SPEC}/volumes/0", CLAIM), ""),
    (deployment(rollingUpdate={"maxUnavailable": "100%"}), "strategy"),
    (deployment(rollingUpdate={"maxUnavailable": 3}), "strategy"),
    (deployment(rollingUpdate={"maxUnavailable": 2}), ""),
    (deployment(rollingUpdate={"maxUnavailable": UNKNOWN}), "unknown"),
    (deployment(canary={"maxUnavailable": "100%"}), "strategy"),
    (changed(workload(kind="DaemonSet"), "spec/updateStrategy", {"type": "OnDelete"}), "strategy"),
    (changed(workload(kind="Job"), "spec/activeDeadlineSeconds", REMOVE), "deadline"),
    (changed(WITHOUT_DEADLINE, f"{POD_SPEC}/activeDeadlineSeconds", 9), ""),
    (changed(workload(kind="Job"), "spec/ttlSecondsAfterFinished", REMOVE), "ttl"),
])  # fmt: skip
def test_an_update_or_a_job_that_ends_badly_is_reported(manifest: Manifest, check: str) -> None:
    assert rules(manifest) == ({("rollout-safety", check)} if check else set()), "advice on how pods come and go"


@pytest.mark.parametrize("keeper", [
    {"labels": {**workload()["metadata"]["labels"], "app.kubernetes.io/managed-by": "Helm"}},
    {"annotations": {"helm.sh/hook": "pre-install"}},
    {"ownerReferences": [{"kind": "CronJob", "name": "api"}]},
])  # fmt: skip
def test_a_job_with_a_keeper_may_stay_when_it_has_finished(keeper: Manifest) -> None:
    job = changed(workload(kind="Job"), "spec/ttlSecondsAfterFinished", REMOVE)
    kept = changed(job, "metadata", {**job["metadata"], **keeper})
    assert rules(kept) == set(), "once it is gone, its tool would run it again"


@pytest.mark.parametrize(("metadata", "found"), [
    ({}, {("no-bare-pods", "")}),
    ({"ownerReferences": [{"kind": "ReplicaSet", "name": "api"}]}, set()),
    ({"annotations": {"helm.sh/hook": "test"}}, set()),
    ({"annotations": {"kubernetes.io/config.mirror": "x"}}, set()),
])  # fmt: skip
def test_a_pod_without_a_controller_is_refused(metadata: Manifest, found: set[tuple[str, str]]) -> None:
    template = workload()["spec"]["template"]
    named = workload()["metadata"]
    pod = {"apiVersion": "v1", "kind": "Pod", "spec": template["spec"], "metadata": {**named, **metadata}}
    assert rules(pod) == found, "unless a controller, Helm or the kubelet looks after it"


@pytest.mark.parametrize(
    ("slept", "grace", "found"),
    [("60", None, True), ("30", None, True), ("29", None, False), ("60", 90, False), ("10", 5, True), ("5", 0, False)],
)
def test_a_hook_that_sleeps_through_the_grace_period_is_reported(slept: str, grace: int | None, found: bool) -> None:
    hook = {"preStop": {"exec": {"command": ["sleep", slept]}}}
    made = changed(workload(), f"{POD_SPEC}/containers/0/lifecycle", hook)
    made = changed(made, f"{POD_SPEC}/terminationGracePeriodSeconds", grace)
    assert (("rollout-safety", "pre-stop") in rules(made)) is found, "the kubelet kills at the end of the period"
