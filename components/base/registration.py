"""Registration: one manifest becomes one resource, of the SDK's native class where there is one."""

from __future__ import annotations

from collections.abc import Iterable

import pulumi
from pulumi_kubernetes import apiextensions
from pulumi_kubernetes.apps.v1 import Deployment, StatefulSet
from pulumi_kubernetes.autoscaling.v2 import HorizontalPodAutoscaler
from pulumi_kubernetes.batch.v1 import CronJob, Job
from pulumi_kubernetes.core.v1 import (
    ConfigMap,
    LimitRange,
    Namespace,
    PersistentVolumeClaim,
    ResourceQuota,
    Secret,
    Service,
    ServiceAccount,
)
from pulumi_kubernetes.discovery.v1 import EndpointSlice
from pulumi_kubernetes.networking.v1 import NetworkPolicy
from pulumi_kubernetes.policy.v1 import PodDisruptionBudget
from pulumi_kubernetes.rbac.v1 import Role, RoleBinding
from pulumi_kubernetes.scheduling.v1 import PriorityClass

from quadrant_platform.components.builders.manifests import Manifest

NATIVE: dict[str, type[pulumi.CustomResource]] = {
    kind.__name__: kind
    for kind in (
        ConfigMap, CronJob, Deployment, EndpointSlice, HorizontalPodAutoscaler, Job, LimitRange, Namespace,
        NetworkPolicy, PersistentVolumeClaim, PodDisruptionBudget, PriorityClass, ResourceQuota, Role, RoleBinding,
        Secret, Service, ServiceAccount, StatefulSet,
    )
}  # fmt: skip
"""The native classes by kind; a kind of a custom group is a CustomResource."""


def registered(
    parent: pulumi.Resource | None, manifest: Manifest, after: Iterable[pulumi.Resource]
) -> pulumi.CustomResource:
    """Register an object as `namespace/name`, or as its name alone where it is cluster-wide."""
    metadata = manifest["metadata"]
    namespace = metadata.get("namespace")
    options = pulumi.ResourceOptions(parent=parent, depends_on=list(dict.fromkeys(after)))
    logical = f"{namespace}/{metadata['name']}" if namespace else metadata["name"]
    if _custom(manifest["apiVersion"]):
        return apiextensions.CustomResource(
            logical, manifest["apiVersion"], manifest["kind"], manifest["spec"], metadata, options
        )
    body = {_python_name(key): manifest[key] for key in manifest if key not in ("apiVersion", "kind")}
    return NATIVE[manifest["kind"]](logical, opts=options, **body)


def _custom(api_version: str) -> bool:
    """Whether a group is neither one of Kubernetes' own nor the core: such as CloudNativePG's or Traefik's."""
    group = api_version.rpartition("/")[0]
    return "." in group and not group.endswith(".k8s.io")


def _python_name(key: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key)
