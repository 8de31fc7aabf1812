"""A Kubernetes object as the policies see it, wherever it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from policies.access import Node, normalise

SECRET_VALUES = frozenset({"data", "stringData"})
"""The fields of a Secret that nobody reads."""


@dataclass(frozen=True, eq=False)
class Object:
    """A manifest with its origin: a file and line, or the URN under which the program registered it."""

    manifest: Any
    file: str | None = None
    line: int | None = None
    urn: str | None = None

    @cached_property
    def node(self) -> Node:
        """The manifest, readable by path. The values of a Secret are left out."""
        return Node(normalise(_without_secret_values(self.manifest)), origin=self)

    @cached_property
    def kind(self) -> str:
        """The kind; empty where it is not a string."""
        return self._text("kind")

    @cached_property
    def api_version(self) -> str:
        """The group and version; empty where it is not a string."""
        return self._text("apiVersion")

    @cached_property
    def name(self) -> str:
        """The name; empty where it is not a string."""
        return self._text("metadata", "name")

    @cached_property
    def namespace(self) -> str:
        """The namespace; empty where it is not a string."""
        return self._text("metadata", "namespace")

    @property
    def identity(self) -> str:
        """Kind, namespace and name, for messages."""
        return f"{self.kind or 'object'} {self.namespace}/{self.name}".replace(" /", " ")

    @cached_property
    def labels(self) -> dict[str, str]:
        """The object's own labels, not those of its pods."""
        return self.node.at("metadata", "labels").texts()

    @property
    def readable_labels(self) -> dict[str, str]:
        """Those of the object's own labels that are text, whatever the others are."""
        value = self.node.value
        for key in ("metadata", "labels"):
            value = value.get(key) if isinstance(value, dict) else None
        return {key: text for key, text in value.items() if isinstance(text, str)} if isinstance(value, dict) else {}

    @cached_property
    def annotations(self) -> Node:
        """The annotations, of which each policy reads its own."""
        return self.node.at("metadata", "annotations")

    def _text(self, *keys: str) -> str:
        value = self.node.value
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return value if isinstance(value, str) else ""


def objects(manifests: Iterable[Object | Mapping[str, Any]]) -> Iterator[Object]:
    """Wrap bare manifests and unfold lists of objects."""
    for manifest in manifests:
        wrapped = manifest if isinstance(manifest, Object) else Object(manifest)
        items = wrapped.node.value.get("items") if isinstance(wrapped.node.value, dict) else None
        if wrapped.kind.endswith("List") and isinstance(items, list):
            yield from objects(replace(wrapped, manifest=item) for item in items)
        else:
            yield wrapped


def _without_secret_values(manifest: Any) -> Any:
    """Keep the values of Secrets out of memory, out of messages and out of every predicate."""
    if not isinstance(manifest, Mapping):
        return manifest
    if manifest.get("kind") == "Secret":
        return {key: manifest[key] for key in manifest if key not in SECRET_VALUES}
    return manifest
