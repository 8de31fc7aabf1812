"""The node's disk: what containers write of logs and scratch files, so that none of them fills it."""

from __future__ import annotations

from collections.abc import Iterable

from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.model.schema.types import bytes_text, parse_quantity

REQUEST = "64Mi"
OWN = "256Mi"
"""A container's logs, which the kubelet rotates at 50 MiB, and what a program leaves beside its volumes."""


def bounded(containers: Iterable[Manifest], volumes: Iterable[Manifest] = ()) -> list[Manifest]:
    """Return the containers with bounds on ephemeral storage.

    The kubelet compares a pod's use, its emptyDirs included, with the sum of its containers' limits; so the first
    container's limit has room for the emptyDirs too.
    """
    scratch = sum(parse_quantity(volume["emptyDir"]["sizeLimit"]) for volume in volumes if "emptyDir" in volume)
    return [_bounded(one, 0 if index else scratch) for index, one in enumerate(containers)]


def _bounded(container: Manifest, scratch: float) -> Manifest:
    resources = container.get("resources", {})
    limit = bytes_text(parse_quantity(OWN) + scratch)
    return container | {
        "resources": {
            "requests": resources.get("requests", {}) | {"ephemeral-storage": REQUEST},
            "limits": resources.get("limits", {}) | {"ephemeral-storage": limit},
        }
    }
