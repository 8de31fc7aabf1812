"""Versions of the Kubernetes API."""

from __future__ import annotations

import pytest

from tests.policies.builders import Manifest, obj
from tests.policies.cases import ObjectCase
from tests.policies.judging import engine_rules, rules


def versioned(version: str, kind: str) -> Manifest:
    return obj(version, kind, "x")


OBJECTS = (
    *(
        ObjectCase(versioned(version, kind), (f"api-versions/{check}",))
        for version, kind, check in (
            ("extensions/v1beta1", "NetworkPolicy", "removed"), ("apps/v1beta2", "ControllerRevision", "removed"),
            ("policy/v1beta1", "PodDisruptionBudget", "removed"), ("autoscaling/v2beta2", "HorizontalPodAutoscaler",
            "removed"), ("rbac.authorization.k8s.io/v1beta1", "RoleBinding", "removed"),
            ("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema", "removed"), ("v1", "ComponentStatus", "deprecated"),
            ("storage.k8s.io/v1alpha1", "VolumeAttributesClass", "alpha"),
            ("resource.k8s.io/v1beta2", "DeviceClass", "beta"),
        )
    ),
    *(
        ObjectCase(versioned(version, kind))
        for version, kind in (
            ("autoscaling/v2", "HorizontalPodAutoscaler"), ("policy/v1", "PodDisruptionBudget"), ("v1", "Endpoints"),
            ("gateway.networking.k8s.io/v1beta1", "ReferenceGrant"), ("traefik.io/v1alpha1", "ServersTransport"),
        )
    ),
)  # fmt: skip


@pytest.mark.parametrize("case", OBJECTS, ids=str)
def test_an_object_breaks_exactly_its_rules(case: ObjectCase) -> None:
    assert rules(case.manifest) == case.rules, "the direct check finds what the case names and nothing else"
    assert engine_rules(case.manifest) == case.rules, "the engine sees the same"
