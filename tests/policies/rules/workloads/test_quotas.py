"""Quotas against the pods of their namespace, at rest and at the most."""

from __future__ import annotations

from typing import Any

import pytest

from tests.policies.builders import REMOVE, Manifest, changed, obj, workload
from tests.policies.judging import found_in

REST, PEAK = "quota-holds-workloads", "quota-holds-peaks"
TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "api"}


def quota(hard: Manifest, **more: Any) -> Manifest:
    return obj("v1", "ResourceQuota", "quota", "backend", spec={"hard": hard, **more})


def copies(number: int, kind: Any = "Deployment", **spec: Any) -> Manifest:
    """Return a workload whose pods request 100m and 64Mi, and may use one core and 128Mi."""
    made = changed(workload(kind=kind), "spec/template/spec/initContainers", REMOVE)
    return changed(made, "spec", {**made["spec"], "replicas": number, **spec})


def scaler(most: int, least: int = 2) -> Manifest:
    spec = {"scaleTargetRef": TARGET, "minReplicas": least, "maxReplicas": most}
    return obj("autoscaling/v2", "HorizontalPodAutoscaler", "api", "backend", spec=spec)


def found(*manifests: Manifest) -> list[str]:
    return [one.policy for policy in (REST, PEAK) for one in found_in(list(manifests), policy)]


RECREATE = {"strategy": {"type": "Recreate"}}
CASES: tuple[tuple[Manifest, list[Manifest], list[str]], ...] = (
    (quota({"requests.cpu": "300m"}), [copies(2)], []),
    (quota({"requests.cpu": "299m"}), [copies(2)], [PEAK]),
    (quota({"requests.cpu": "299m"}), [copies(2, **RECREATE)], []),
    (quota({"cpu": "199m"}), [copies(2)], [REST]),
    (quota({"limits.memory": "255Mi"}), [copies(2)], [REST]),
    (quota({"pods": "1"}), [copies(2)], [REST]),
    (quota({"count/pods": 3}), [copies(2)], []),
    (quota({"pods": 3}), [copies(2, strategy={"rollingUpdate": {"maxSurge": 2}})], [PEAK]),
    (quota({"pods": 3}), [copies(2, strategy={"rollingUpdate": {"maxSurge": "100%"}})], [PEAK]),
    (quota({"pods": 3}), [copies(3, "StatefulSet")], []),
    (quota({"pods": 4}), [copies(2), scaler(4)], [PEAK]),
    (quota({"pods": 5}), [copies(2), scaler(4)], []),
    (quota({"requests.nvidia.com/gpu": 0}), [copies(2)], []),
    (quota({"pods": 1}, scopes=["BestEffort"]), [copies(2)], []),
    (quota({"pods": 1}, scopeSelector={"matchExpressions": []}), [copies(2)], []),
    (quota({"services": 0}), [copies(2)], []),
    (quota({"pods": 1}), [copies(0, "Job", parallelism=3, completions=2)], [REST]),
    (quota({"pods": 1}), [copies(9, "DaemonSet")], []),
)


@pytest.mark.parametrize(("limit", "made", "expected"), CASES, ids=str)
def test_a_quota_is_compared_with_all_pods_at_rest_and_at_the_most(
    limit: Manifest, made: list[Manifest], expected: list[str]
) -> None:
    assert found(limit, *made) == expected, "one finding, at the quota"


def test_all_that_a_quota_lacks_is_one_finding() -> None:
    (one,) = found_in([quota({"requests.cpu": "100m", "limits.memory": "128Mi"}), copies(2)], REST)
    assert "0.2 of requests.cpu, which is 100m" in one.message, "the amounts are in it"
    assert "256Mi of limits.memory, which is 128Mi" in one.message, "bytes are in mebibytes"


def test_the_workloads_of_a_namespace_count_together() -> None:
    web = changed(copies(2), "metadata/name", "web")
    assert found(quota({"pods": 3}), copies(2), web) == [REST], "two and two are four"
    elsewhere = changed(web, "metadata/namespace", "shop-frontend")
    assert found(quota({"pods": 3}), copies(2), elsewhere) == [], "another namespace has its own"


def test_what_a_limit_range_fills_in_counts() -> None:
    bare = changed(copies(2), "spec/template/spec/containers/0/resources", {})
    filled = obj("v1", "LimitRange", "limits", "backend",
                 spec={"limits": [{"type": "Container", "defaultRequest": {"cpu": "1"}}]})  # fmt: skip
    assert found(quota({"requests.cpu": "1"}), bare) == [], "nothing is asked"
    assert found(quota({"requests.cpu": "1"}), bare, filled) == [REST], "the API server asks for each of them"
