"""Mount sources: the Secrets and ConfigMaps that pods mount, and the objects that provide them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.vocabulary import POD_TEMPLATES


class MountSource(NamedTuple):
    """A Secret or a ConfigMap, which some object provides."""

    kind: str
    namespace: str
    name: str


def mounted(manifest: Manifest) -> Iterator[MountSource]:
    """Yield every Secret and ConfigMap that the pods of a workload mount; nothing for other objects."""
    namespace, template = manifest["metadata"].get("namespace", ""), manifest
    for key in POD_TEMPLATES.get(manifest["kind"], ()):
        template = template.get(key, {})
    for volume in template.get("spec", {}).get("volumes", ()):
        for source in (volume, *volume.get("projected", {}).get("sources", ())):
            if "configMap" in source:
                yield MountSource("ConfigMap", namespace, source["configMap"]["name"])
            if "secret" in source:
                yield MountSource("Secret", namespace, source["secret"].get("secretName") or source["secret"]["name"])


def provides(manifest: Manifest) -> Iterator[MountSource]:
    """Yield what pods can mount because of an object: itself, or the Secret that an operator makes of it."""
    kind, metadata, spec = manifest["kind"], manifest["metadata"], manifest.get("spec", {})
    if kind in ("Secret", "ConfigMap"):
        yield MountSource(kind, metadata["namespace"], metadata["name"])
    elif kind == "Certificate":
        yield MountSource("Secret", metadata["namespace"], spec["secretName"])
    elif kind == "ExternalSecret":
        yield MountSource("Secret", metadata["namespace"], spec["target"]["name"])
