"""Registration: one manifest becomes one resource, of the SDK's native class where there is one."""

from collections.abc import Iterable

import pulumi
from pulumi_kubernetes import (
    apiextensions,
    apps,
    autoscaling,
    batch,
    core,
    discovery,
    networking,
    policy,
    rbac,
    scheduling,
)

from quadrant_platform.components.builders.manifests import Manifest

NATIVE: dict[str, type[pulumi.CustomResource]] = {
    kind.__name__: kind
    for kind in (
        apps.v1.Deployment, apps.v1.StatefulSet, autoscaling.v2.HorizontalPodAutoscaler, batch.v1.CronJob, batch.v1.Job,
        core.v1.ConfigMap, core.v1.LimitRange, core.v1.Namespace, core.v1.PersistentVolumeClaim, core.v1.ResourceQuota,
        core.v1.Secret, core.v1.Service, core.v1.ServiceAccount, discovery.v1.EndpointSlice,
        networking.v1.NetworkPolicy, policy.v1.PodDisruptionBudget, rbac.v1.Role, rbac.v1.RoleBinding,
        scheduling.v1.PriorityClass,
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
