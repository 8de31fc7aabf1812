"""The site: what every component builds on, and the one way in which it registers an object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
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

from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.components.builders.mount_sources import MountSource, mounted, provides
from quadrant_platform.model.expansion.plan import Plan

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
class BuildContext:
    """A plan, the resource behind which each namespace is closed, and those that bring what pods mount."""

    plan: Plan
    gates: Mapping[str, pulumi.Resource]
    files: dict[MountSource, pulumi.Resource] = field(default_factory=dict)


def register(
    parent: pulumi.Resource | None,
    manifest: Manifest,
    site: BuildContext | None = None,
    after: Iterable[pulumi.Resource] = (),
) -> pulumi.CustomResource:
    """Register one object as a child of `parent`, once its namespace denies by default and its pods' files are there.

    Without the files a pod would start minutes later, as the kubelet waits longer after each try, and the engine, which
    waits for a few pods at a time, would make the files later still. Logical names are `namespace/name`, or the name
    alone for cluster-wide objects.
    """
    needed = _needed(manifest, site) if site else ()
    made = _made(parent, manifest, [*needed, *after])
    if site:
        site.files.update(dict.fromkeys(provides(manifest), made))
    return made


def _made(
    parent: pulumi.Resource | None, manifest: Manifest, after: Iterable[pulumi.Resource]
) -> pulumi.CustomResource:
    metadata = manifest["metadata"]
    namespace = metadata.get("namespace")
    options = pulumi.ResourceOptions(parent=parent, depends_on=list(dict.fromkeys(after)))
    logical = f"{namespace}/{metadata['name']}" if namespace else metadata["name"]
    if _custom(manifest["apiVersion"]):
        return apiextensions.CustomResource(
            logical, manifest["apiVersion"], manifest["kind"], manifest["spec"], metadata, options
        )
    body: dict[str, Any] = {key: value for key, value in manifest.items() if key not in ("apiVersion", "kind")}
    return NATIVE[manifest["kind"]](logical, opts=options, **{_python_name(key): body[key] for key in body})


def _needed(manifest: Manifest, site: BuildContext) -> Iterator[pulumi.Resource]:
    """Yield what an object waits for."""
    namespace = manifest["metadata"].get("namespace")
    if namespace in site.gates:
        yield site.gates[namespace]
    yield from (site.files[file] for file in mounted(manifest) if file in site.files)


def _custom(api_version: str) -> bool:
    """A group with a dot that is not Kubernetes' own is a custom one: such as CloudNativePG's or Traefik's."""
    group = api_version.rpartition("/")[0]
    return "." in group and not group.endswith(".k8s.io")


def _python_name(key: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key)
