"""The site: what every component builds on, and the one way in which it registers an object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

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

from components.builders.manifests import Manifest
from model.plan import Plan

NATIVE: dict[str, type[pulumi.CustomResource]] = {
    kind.__name__: kind
    for kind in (
        ConfigMap, CronJob, Deployment, EndpointSlice, HorizontalPodAutoscaler, Job, LimitRange, Namespace,
        NetworkPolicy, PersistentVolumeClaim, PodDisruptionBudget, PriorityClass, ResourceQuota, Role, RoleBinding,
        Secret, Service, ServiceAccount, StatefulSet,
    )
}  # fmt: skip
"""The native classes by kind; a kind of a custom group is a CustomResource."""


@dataclass(frozen=True)
class Site:
    """A plan, and the resource behind which each namespace is closed."""

    plan: Plan
    gates: Mapping[str, pulumi.Resource]


def register(
    parent: pulumi.Resource | None, manifest: Manifest, site: Site | None = None, after: Iterable[pulumi.Resource] = ()
) -> pulumi.CustomResource:
    """Register one object as a child of `parent`, once its namespace denies by default.

    Logical names are `namespace/name`, or the name alone for cluster-wide objects.
    """
    metadata = manifest["metadata"]
    namespace = metadata.get("namespace")
    gate = site.gates.get(namespace) if site and namespace else None
    options = pulumi.ResourceOptions(parent=parent, depends_on=[*([gate] if gate else []), *after])
    logical = f"{namespace}/{metadata['name']}" if namespace else metadata["name"]
    if _custom(manifest["apiVersion"]):
        return apiextensions.CustomResource(
            logical, manifest["apiVersion"], manifest["kind"], manifest["spec"], metadata, options
        )
    body: dict[str, Any] = {key: value for key, value in manifest.items() if key not in ("apiVersion", "kind")}
    return NATIVE[manifest["kind"]](logical, opts=options, **{_python_name(key): body[key] for key in body})


def _custom(api_version: str) -> bool:
    """A group with a dot that is not Kubernetes' own is a custom one: such as CloudNativePG's or Traefik's."""
    group = api_version.rpartition("/")[0]
    return "." in group and not group.endswith(".k8s.io")


def _python_name(key: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key)
