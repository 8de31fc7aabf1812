"""Autoscalers: two of them on one workload, of copies, of sizes and of both."""

from __future__ import annotations

from typing import Any

import pytest

from tests.policies.builders import Manifest, changed, obj, replaced
from tests.policies.consistent import Change, tidy
from tests.policies.judging import consistency

POLICY = "pdb-and-hpa-consistent"
TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "api"}
UTILIZATION = {"type": "Utilization", "averageUtilization": 70}


def horizontal(name: str, **spec: Any) -> Manifest:
    full = {"minReplicas": 2, "maxReplicas": 4, "scaleTargetRef": TARGET, **spec}
    return obj("autoscaling/v2", "HorizontalPodAutoscaler", name, "backend", spec=full)


def by_events(annotations: dict[str, str] | None = None, **spec: Any) -> Manifest:
    full = {"scaleTargetRef": {"name": "api"}, "minReplicaCount": 2, **spec}
    metadata = {"annotations": annotations or {}}
    return obj("keda.sh/v1alpha1", "ScaledObject", "api", "backend", metadata=metadata, spec=full)


def vertical(name: str = "api", mode: str = "Recreate", policies: list[Manifest] | None = None) -> Manifest:
    spec = {"targetRef": TARGET, "updatePolicy": {"updateMode": mode},
            "resourcePolicy": {"containerPolicies": policies or []}}  # fmt: skip
    return obj("autoscaling.k8s.io/v1", "VerticalPodAutoscaler", name, "backend", spec=spec)


def controls(name: str, *resources: str, **more: str) -> Manifest:
    return {"containerName": name, "controlledResources": list(resources), **more}


OTHER_TARGET = {**TARGET, "name": "web"}
ADOPTED = {"scaledobject.keda.sh/transfer-hpa-ownership": "true"}
TWO = f"{POLICY}/two-autoscalers"
CHANGES = (
    Change(TWO, "two on one target", added=horizontal("second")),
    Change("", "one on another target", added=horizontal("second", scaleTargetRef=OTHER_TARGET)),
    Change(TWO, "one of KEDA beside another", added=by_events()),
    Change("", "one that KEDA takes over", added=by_events(
           ADOPTED, advanced={"horizontalPodAutoscalerConfig": {"name": "api"}})),
    Change(TWO, "sizes of every resource, beside copies by CPU", added=vertical()),
    Change(TWO, "sizes when pods begin", added=vertical(mode="Initial")),
    Change("", "sizes that are only recommended", added=vertical(mode="Off")),
    Change("", "sizes of another resource", added=vertical(policies=[controls("*", "memory")])),
    Change("", "sizes of the container alone, and of another resource",
           added=vertical(policies=[controls("api", "memory"), controls("*", "cpu")])),
    Change(TWO, "sizes of a container that is not here", added=vertical(policies=[controls("proxy", "memory")])),
    Change("", "no sizes", added=vertical(policies=[controls("*", mode="Off")])),
)  # fmt: skip


@pytest.mark.parametrize("case", CHANGES, ids=str)
def test_an_autoscaler_beside_another_breaks_the_rule_where_they_pull_at_one_thing(case: Change) -> None:
    assert consistency(case.applied(tidy())) == case.expected, case.about


def test_copies_by_the_length_of_a_queue_go_with_any_size() -> None:
    metric = [{"type": "External", "external": {"metric": {"name": "jobs"}, "target": {"type": "Value", "value": 5}}}]
    stack = [*replaced(tidy(), "HorizontalPodAutoscaler", "api", "spec/metrics", metric), vertical()]
    assert consistency(stack) == set(), "the one does not read what the other sets"
    shares = [{"type": "Resource", "resource": {"name": "memory", "target": UTILIZATION}}]
    stack = replaced(stack, "HorizontalPodAutoscaler", "api", "spec/metrics", shares)
    assert consistency(stack) == {(POLICY, "two-autoscalers")}, "a share of what is requested is another number"


def test_two_autoscalers_of_sizes_share_a_target() -> None:
    memory = [controls("*", "memory")]
    stack = [*tidy(), vertical(policies=memory), vertical("second", policies=memory)]
    assert consistency(stack) == {(POLICY, "two-autoscalers")}, "each undoes the other"


def test_what_keda_scales_fixes_no_copies_and_may_have_none() -> None:
    alone = [one for one in tidy() if one["kind"] != "HorizontalPodAutoscaler"]
    assert consistency([*alone, by_events(minReplicaCount=0)]) == set(), "it may sleep"
    fixed = replaced(alone, "Deployment", "api", "spec/replicas", 2)
    assert consistency([*fixed, by_events()]) == {(POLICY, "replicas")}, "each deployment would undo it"
    narrow = changed(by_events(), "spec/maxReplicaCount", 1)
    assert consistency([*alone, narrow]) == {(POLICY, "range")}, "there is no room"
