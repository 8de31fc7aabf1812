"""Autoscalers name targets that can be scaled."""

from __future__ import annotations

from typing import Any

import pytest

from quadrant_platform.policies.pack import check
from tests.policies.builders import Manifest, obj, workload


def checks(kind: str, version: str, spec: Any, *others: Manifest) -> set[str]:
    scaler = obj(version, kind, "api", "backend", spec=spec)
    return {one.check for one in check([scaler, *others]) if one.policy == "scale-targets"}


def target(kind: str = "Deployment", version: str = "apps/v1", name: str = "api") -> Manifest:
    return {"apiVersion": version, "kind": kind, "name": name}


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        (target(), set()), (target("deployment"), {"kind"}), (target(version="v1"), {"version"}),
        (target(version="extensions/v1beta1"), {"version"}), (target("DaemonSet"), {"scale"}),
        (target("CronJob", "batch/v1"), {"scale"}), (target(name="apis"), {"target"}),
        (target("StatefulSet"), {"target"}),
        (target("Kafka", "kafka.strimzi.io/v1beta2"), set()), (target("Rollout", "argoproj.io/v1alpha1"), set()),
    ],
)  # fmt: skip
def test_a_horizontal_autoscaler_names_what_has_copies(reference: Manifest, expected: set[str]) -> None:
    spec = {"scaleTargetRef": reference, "minReplicas": 2, "maxReplicas": 3}
    assert checks("HorizontalPodAutoscaler", "autoscaling/v2", spec, workload()) == expected, "kind, version and name"


def test_a_target_may_be_in_other_manifests() -> None:
    spec = {"scaleTargetRef": target(name="other"), "maxReplicas": 3}
    assert checks("HorizontalPodAutoscaler", "autoscaling/v2", spec) == set(), "no workload of the namespace is here"


@pytest.mark.parametrize(("kind", "expected"), [("DaemonSet", set()), ("daemonset", {"kind"})])
def test_a_vertical_autoscaler_sizes_pods_of_any_kind(kind: str, expected: set[str]) -> None:
    spec = {"targetRef": target(kind)}
    assert checks("VerticalPodAutoscaler", "autoscaling.k8s.io/v1", spec) == expected, "it sets no number of copies"


def test_a_policy_of_sizes_names_a_container_or_all() -> None:
    policies = [{"containerName": "*"}, {"containerName": "main"}]
    spec = {"targetRef": target(), "resourcePolicy": {"containerPolicies": policies}}
    assert checks("VerticalPodAutoscaler", "autoscaling.k8s.io/v1", spec, workload()) == {"container"}, (
        "there is no main"
    )


def test_a_scaled_object_means_a_deployment() -> None:
    trigger = {"type": "cpu", "metadata": {"containerName": "main"}}
    spec = {"scaleTargetRef": {"name": "api"}, "triggers": [trigger]}
    assert checks("ScaledObject", "keda.sh/v1alpha1", spec, workload()) == {"container"}, "the container is another"
    assert checks("ScaledObject", "keda.sh/v1alpha1", {"scaleTargetRef": {"name": "x"}}, workload()) == {"target"}, (
        "none"
    )
