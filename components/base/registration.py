"""Registration: one manifest becomes one resource, of the SDK's native class where there is one."""

from collections.abc import Iterable
from importlib import import_module

import pulumi
from pulumi_kubernetes import apiextensions

from quadrant_platform.components.builders.manifests import Manifest


def registered(
    parent: pulumi.Resource | None, manifest: Manifest, after: Iterable[pulumi.Resource]
) -> pulumi.CustomResource:
    """Register an object as `namespace/name`, or as its name alone where it is cluster-wide."""
    metadata = manifest["metadata"]
    namespace = metadata.get("namespace")
    options = pulumi.ResourceOptions(parent=parent, depends_on=list(dict.fromkeys(after)))
    logical = f"{namespace}/{metadata['name']}" if namespace else metadata["name"]
    group, _, version = manifest["apiVersion"].rpartition("/")
    if _custom(group):
        return apiextensions.CustomResource(
            logical, manifest["apiVersion"], manifest["kind"], manifest["spec"], metadata, options
        )
    # The SDK has a module for each group and version, named by the first label of the group.
    module = import_module(f"pulumi_kubernetes.{group.partition('.')[0] or 'core'}.{version}")
    body = {_python_name(key): manifest[key] for key in manifest if key not in ("apiVersion", "kind")}
    made: pulumi.CustomResource = getattr(module, manifest["kind"])(logical, opts=options, **body)
    return made


def _custom(group: str) -> bool:
    """Whether a group is neither one of Kubernetes' own nor the core: such as CloudNativePG's or Traefik's."""
    return "." in group and not group.endswith(".k8s.io")


def _python_name(key: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key)
