"""Ephemeral storage: what containers write of logs and scratch files, bounded so that no node's disk fills up."""

from __future__ import annotations

from collections.abc import Iterable

from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.model.schema.quantities import Bytes

REQUEST = "64Mi"
OWN = Bytes.parse("256Mi")
"""A container's logs, which the kubelet rotates at 50 MiB, and what a program leaves beside its volumes."""


def bounded(containers: Iterable[Manifest], volumes: Iterable[Manifest] = ()) -> list[Manifest]:
    """Return the containers with bounds on ephemeral storage.

    The kubelet compares a pod's use, its emptyDirs included, with the sum of its containers' limits; so the first
    container's limit has room for the emptyDirs too.
    """
    sizes = [Bytes.parse(volume["emptyDir"]["sizeLimit"]) for volume in volumes if "emptyDir" in volume]
    scratch = sum(size.number for size in sizes)
    return [_bounded(one, 0 if index else scratch) for index, one in enumerate(containers)]


def _bounded(container: Manifest, scratch: int) -> Manifest:
    resources = container.get("resources", {})
    limit = str(Bytes(OWN.number + scratch))
    return container | {
        "resources": {
            "requests": resources.get("requests", {}) | {"ephemeral-storage": REQUEST},
            "limits": resources.get("limits", {}) | {"ephemeral-storage": limit},
        }
    }
