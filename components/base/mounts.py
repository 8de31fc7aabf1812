"""Mounts: what the pods of a workload mount by name, and the objects that provide it."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.vocabulary import POD_TEMPLATES

CLAIM = "PersistentVolumeClaim"

_MOUNTED = {
    "configMap": ("ConfigMap", "name"),
    "secret": ("Secret", "secretName"),
    "persistentVolumeClaim": (CLAIM, "claimName"),
}
"""The kind of each source of a volume, and the field with the object's name; a projected Secret's is `name`."""


class MountSource(NamedTuple):
    """A Secret, a ConfigMap or a claim, which some object provides."""

    kind: str
    namespace: str
    name: str


def mounted(manifest: Manifest) -> Iterator[MountSource]:
    """Yield all that the pods of a workload mount by name; nothing for other objects."""
    namespace, template = manifest["metadata"].get("namespace", ""), manifest
    for key in POD_TEMPLATES.get(manifest["kind"], ()):
        template = template.get(key, {})
    for volume in template.get("spec", {}).get("volumes", ()):
        for source in (volume, *volume.get("projected", {}).get("sources", ())):
            for key in _MOUNTED.keys() & source.keys():
                kind, field = _MOUNTED[key]
                yield MountSource(kind, namespace, source[key].get(field) or source[key]["name"])


def own_claims(manifest: Manifest, sources: Iterable[MountSource]) -> Iterator[MountSource]:
    """Yield the sources that are claims of a StatefulSet, by the names that its controller looks for."""
    if manifest["kind"] != "StatefulSet":
        return
    name, namespace = manifest["metadata"]["name"], manifest["metadata"].get("namespace", "")
    templates = manifest["spec"].get("volumeClaimTemplates", ())
    claims = {f"{template['metadata']['name']}-{name}" for template in templates}
    for source in sources:
        if (source.kind, source.namespace) == (CLAIM, namespace) and source.name.rpartition("-")[0] in claims:
            yield source


def provides(manifest: Manifest) -> Iterator[MountSource]:
    """Yield what pods can mount because of an object: itself, or the Secret that an operator makes of it."""
    kind, metadata, spec = manifest["kind"], manifest["metadata"], manifest.get("spec", {})
    if kind in ("Secret", "ConfigMap", CLAIM):
        yield MountSource(kind, metadata["namespace"], metadata["name"])
    elif kind == "Certificate":
        yield MountSource("Secret", metadata["namespace"], spec["secretName"])
    elif kind == "ExternalSecret":
        yield MountSource("Secret", metadata["namespace"], spec["target"]["name"])
