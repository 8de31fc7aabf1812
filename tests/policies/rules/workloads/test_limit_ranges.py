"""Pods and claims against LimitRanges; verdicts as in the tests of Kubernetes' admission plugin LimitRanger."""

from __future__ import annotations

from typing import Any

import pytest

from tests.policies.builders import Manifest, changed, obj, workload
from tests.policies.judging import found_in

POLICY = "limits-in-range"
RESOURCES = "spec/template/spec/containers/0/resources"


def ranged(kind: str = "Container", **fields: Any) -> Manifest:
    return obj("v1", "LimitRange", "limits", "backend", spec={"limits": [{"type": kind, **fields}]})


def sized(requests: Manifest, limits: Manifest) -> Manifest:
    made = changed(workload(), RESOURCES, {"requests": requests, "limits": limits})
    return changed(made, "spec/template/spec/initContainers", [])


def checks(*manifests: Manifest) -> list[str]:
    return [one.check for one in found_in(list(manifests), POLICY)]


CPU, MEMORY = {"cpu": "100m"}, {"memory": "1Gi"}
CASES: tuple[tuple[Manifest, Manifest, Manifest, list[str]], ...] = (
    (ranged(min={"cpu": "50m"}), CPU, {}, []),
    (ranged(min={"cpu": "50m"}), CPU, {"cpu": "200m"}, []),
    (ranged(max={"cpu": "200m"}), {}, CPU, []),
    (ranged(max={"cpu": "200m"}), {"cpu": "200m"}, {"cpu": "200m"}, []),
    (ranged(maxLimitRequestRatio={"cpu": "1"}), {"cpu": "50m"}, {"cpu": "50m"}, []),
    (ranged(min={"memory": "2Gi"}), MEMORY, {}, ["min"]),
    (ranged(min={"memory": "2Gi"}), {}, MEMORY, ["min"]),
    (ranged(min={"memory": "2Gi"}, defaultRequest={"memory": "2Gi"}), {}, {}, []),
    (ranged(max={"memory": "512Mi"}), {}, MEMORY, ["max"]),
    (ranged(max={"memory": "512Mi"}), {}, {}, []),
    (ranged(max={"cpu": "1"}), {"cpu": "2500m"}, {}, ["max"]),
    (ranged(maxLimitRequestRatio={"cpu": "1250m"}), {"cpu": "1"}, {"cpu": "1500m"}, ["maxLimitRequestRatio"]),
    (ranged(maxLimitRequestRatio={"cpu": "2"}), {}, {"cpu": "1500m"}, []),
    (ranged(maxLimitRequestRatio={"cpu": "2"}), {"cpu": "1"}, {}, ["maxLimitRequestRatio"]),
    (ranged(default={"memory": "512Mi"}), MEMORY, {}, ["default"]),
    (ranged(default={"memory": "512Mi"}), MEMORY, MEMORY, []),
    (ranged("Pod", max={"memory": "512Mi"}), {}, MEMORY, ["max"]),
    (ranged("Pod", max={"memory": "512Mi"}), {}, {}, ["max"]),
    (ranged("Pod", min={"memory": "512Mi"}), {}, MEMORY, []),
    (ranged(max={"memory": "512Mi"}, default={"memory": "1Gi"}), {}, MEMORY, ["max"]),
    (ranged(min={"memory": "2Gi"}, max={"memory": "1Gi"}), {}, MEMORY, ["min"]),
)


@pytest.mark.parametrize(("item", "requests", "limits", "expected"), CASES, ids=str)
def test_a_container_is_refused_outside_a_range(
    item: Manifest, requests: Manifest, limits: Manifest, expected: list[str]
) -> None:
    assert checks(item, sized(requests, limits)) == expected, "as its pod would be"


def test_init_containers_are_bound_as_well() -> None:
    big = {"resources": {"limits": {"memory": "2Gi"}}, "name": "seed"}
    made = changed(sized(CPU, MEMORY), "spec/template/spec/initContainers", [big])
    assert checks(ranged(max={"memory": "1Gi"}), made) == ["max"], "the API server asks it of every container"
    assert checks(ranged("Pod", max={"memory": "1Gi"}), made) == ["max"], "the pod needs as much as its first step"


def test_a_range_is_for_its_own_namespace() -> None:
    elsewhere = changed(ranged(max={"memory": "1Mi"}), "metadata/namespace", "shop-frontend")
    assert checks(elsewhere, sized({}, MEMORY)) == [], "another namespace has other bounds"


def test_claims_are_bound_with_those_that_a_set_makes() -> None:
    asked = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "50Gi"}}}
    claim = obj("v1", "PersistentVolumeClaim", "data", "backend", spec=asked)
    made = [{"metadata": {"name": "data"}, "spec": asked}]
    store = changed(workload(kind="StatefulSet"), "spec/volumeClaimTemplates", made)
    item = ranged("PersistentVolumeClaim", min={"storage": "1Gi"}, max={"storage": "20Gi"})
    assert checks(item, claim, store) == ["max", "max"], "both ask for more than one may"
    wide = ranged("PersistentVolumeClaim", max={"storage": "50Gi"})
    assert checks(wide, claim, store) == [], "as much as one may"
