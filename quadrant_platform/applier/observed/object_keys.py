"""Objects by what they are, wherever they come from: a program or a cluster."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

Manifest = Mapping[str, Any]


class ObjectKey(NamedTuple):
    """What makes an object the same one: its version does not."""

    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        """Write `Kind namespace/name`."""
        return f"{self.kind} {'/'.join(filter(None, (self.namespace, self.name)))}"


def key_of(manifest: Manifest) -> ObjectKey:
    """Return an object's key."""
    metadata = manifest["metadata"]
    group = manifest["apiVersion"].rpartition("/")[0]
    return ObjectKey(group, manifest["kind"], metadata.get("namespace", ""), metadata["name"])


def by_key(manifests: Iterable[Manifest]) -> dict[ObjectKey, Manifest]:
    """Return objects by their keys, in their order."""
    return {key_of(manifest): manifest for manifest in manifests}


def marked(manifest: Manifest, labels: Mapping[str, str], annotations: Mapping[str, str] = {}) -> dict[str, Any]:
    """Return an object with more labels and annotations."""
    metadata = dict(manifest["metadata"])
    metadata["labels"] = {**metadata.get("labels", {}), **labels}
    if annotations:
        metadata["annotations"] = {**metadata.get("annotations", {}), **annotations}
    return {**manifest, "metadata": metadata}


def is_controlled(manifest: Manifest) -> bool:
    """Whether a controller made the object from another one."""
    return any(owner.get("controller") for owner in manifest["metadata"].get("ownerReferences", ()))


def namespaces_of(manifests: Collection[Manifest]) -> list[str]:
    """Return the namespaces among some objects."""
    return [manifest["metadata"]["name"] for manifest in manifests if manifest["kind"] == "Namespace"]


def condition(manifest: Manifest, type_: str) -> Mapping[str, Any]:
    """Return a condition of an object's status; empty where it has none such."""
    found = manifest.get("status", {}).get("conditions", ())
    return next((one for one in found if one["type"] == type_), {})
