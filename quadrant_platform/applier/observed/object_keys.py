"""Kubernetes objects by identity, whether a program or a cluster has them."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from quadrant_platform.program.rendering import Manifest


class ObjectKey(NamedTuple):
    """The identity of an object, which its API version is no part of."""

    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        """Write `Kind namespace/name`."""
        return f"{self.kind} {'/'.join(filter(None, (self.namespace, self.name)))}"


Objects = Mapping[ObjectKey, Manifest]
"""Objects by their keys, in the order of application."""


def key_of(manifest: Manifest) -> ObjectKey:
    """Return an object's key."""
    metadata = manifest["metadata"]
    group = manifest["apiVersion"].rpartition("/")[0]
    return ObjectKey(group, manifest["kind"], metadata.get("namespace", ""), metadata["name"])


def by_key(manifests: Iterable[Manifest]) -> dict[ObjectKey, Manifest]:
    """Return objects by their keys, in their order."""
    return {key_of(manifest): manifest for manifest in manifests}


def reference_to(manifest: Manifest) -> dict[str, Any]:
    """Return what names an object to kubectl: kind, version and place."""
    place = {key: manifest["metadata"][key] for key in ("name", "namespace") if key in manifest["metadata"]}
    return {"apiVersion": manifest["apiVersion"], "kind": manifest["kind"], "metadata": place}


def condition(manifest: Manifest, type_: str) -> Mapping[str, Any]:
    """Return a condition of an object's status; empty where it is absent."""
    found = manifest.get("status", {}).get("conditions", ())
    return next((one for one in found if one["type"] == type_), {})
