"""Files that pods mount from objects, and the objects that bring them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from components.builders.manifests import Manifest


class File(NamedTuple):
    """A Secret or a ConfigMap, which is there once some object is."""

    kind: str
    namespace: str
    name: str


def mounted(manifest: Manifest) -> Iterator[File]:
    """Yield every Secret and ConfigMap that the pods of a workload mount; nothing for other objects."""
    spec, namespace = manifest.get("spec", {}), manifest["metadata"].get("namespace", "")
    spec = spec.get("jobTemplate", {}).get("spec", spec)
    for volume in spec.get("template", {}).get("spec", {}).get("volumes", ()):
        for source in (volume, *volume.get("projected", {}).get("sources", ())):
            if "configMap" in source:
                yield File("ConfigMap", namespace, source["configMap"]["name"])
            if "secret" in source:
                yield File("Secret", namespace, source["secret"].get("secretName") or source["secret"]["name"])


def brought(manifest: Manifest) -> Iterator[File]:
    """Yield what pods can mount because of an object: itself, or the Secret that an operator makes of it."""
    kind, metadata, spec = manifest["kind"], manifest["metadata"], manifest.get("spec", {})
    if kind in ("Secret", "ConfigMap"):
        yield File(kind, metadata["namespace"], metadata["name"])
    elif kind == "Certificate":
        yield File("Secret", metadata["namespace"], spec["secretName"])
    elif kind == "ExternalSecret":
        yield File("Secret", metadata["namespace"], spec["target"]["name"])
