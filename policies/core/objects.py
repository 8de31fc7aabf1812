"""A Kubernetes object as the policies read it, from a file or from the engine."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from quadrant_platform.policies.core.access import UNKNOWN_SENTINELS, Node, normalise

SECRET_VALUES = frozenset({"data", "stringData"})
"""The fields of a Secret whose values no policy reads."""


@dataclass(frozen=True, eq=False)
class Object:
    """A manifest with its origin: a file and line, or the URN under which the program registered it."""

    manifest: Any
    file: str | None = None
    line: int | None = None
    urn: str | None = None
    namespace_assumed: bool = False
    """Whether the manifest has no namespace of its own, so that applying it chooses one."""
    repeated: tuple[str, ...] = ()
    """The places of keys that its text has twice."""
    returned: bool = False
    """Whether this is the API server's answer, with all that it filled in, and the program's own words are unknown."""

    @cached_property
    def node(self) -> Node:
        """The manifest, readable by path. The values of a Secret are blank."""
        return Node(normalise(_without_secret_values(self.manifest)), origin=self)

    @cached_property
    def derived(self) -> dict[object, Any]:
        """Results about the object that policies share."""
        return {}

    @cached_property
    def kind(self) -> str:
        """The kind; empty where it is not a string."""
        return self._text("kind")

    @cached_property
    def api_version(self) -> str:
        """The group and version; empty where it is not a string."""
        return self._text("apiVersion")

    @property
    def group(self) -> str:
        """The group of the API; empty for the core group."""
        return self.api_version.rpartition("/")[0]

    @cached_property
    def name(self) -> str:
        """The name; empty where it is not a string."""
        return self._text("metadata", "name")

    @cached_property
    def namespace(self) -> str:
        """The namespace; empty where it is not a string."""
        return self._text("metadata", "namespace")

    @cached_property
    def is_owned(self) -> bool:
        """Whether a controller owns it, as it owns the Pods that a live cluster lists."""
        return any(True for _ in self.node.at("metadata", "ownerReferences").items())

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
        """The object's own labels that are text, whatever the others are."""
        value = self.node.value
        for key in ("metadata", "labels"):
            value = value.get(key) if isinstance(value, dict) else None
        return {key: text for key, text in value.items() if isinstance(text, str)} if isinstance(value, dict) else {}

    @cached_property
    def annotations(self) -> Node:
        """The annotations; each policy reads its own."""
        return self.node.at("metadata", "annotations")

    def is_beside(self, other: "Object") -> bool:
        """Return whether two objects come into one namespace; those without one of their own if a folder has both."""
        apart = self.namespace_assumed or other.namespace_assumed
        folders = {str(Path(one.file).parent) for one in (self, other) if apart and one.file is not None}
        return self.namespace == other.namespace and len(folders) <= 1

    def _text(self, *keys: str) -> str:
        value = self.node.value
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return value if isinstance(value, str) else ""


def list_items(value: Any) -> list[Any] | None:
    """Return the items of a List of objects; nothing for another value.

    Items of a typed List, such as a DeploymentList, need not repeat its version and their kind.
    """
    kind = str(value.get("kind")) if isinstance(value, dict) else ""
    items = value.get("items") if kind.endswith("List") and ("items" in value or kind == "List") else ()
    if items is None:
        return []
    if not isinstance(items, list):
        return None
    head = {"apiVersion": value.get("apiVersion"), "kind": kind.removesuffix("List")} if kind != "List" else {}
    return [head | item if isinstance(item, dict) else item for item in items]


def objects(manifests: Iterable[Object | Mapping[str, Any]]) -> Iterator[Object]:
    """Wrap bare manifests and unfold lists of objects."""
    for manifest in manifests:
        wrapped = manifest if isinstance(manifest, Object) else Object(manifest)
        items = list_items(wrapped.node.value) if wrapped.kind.endswith("List") else None
        if items is None:
            yield wrapped
        else:
            yield from objects(replace(wrapped, manifest=item) for item in items)


def blank(value: Any) -> Any:
    """Return the shape of a Secret's values: their types without their content, nothing for an unknown one."""
    if isinstance(value, Mapping):
        return {str(key): _empty(item) for key, item in value.items()}
    return _empty(value)


def _empty(value: Any) -> Any:
    if isinstance(value, str) and value in UNKNOWN_SENTINELS:
        return None
    empty: dict[type, Any] = {str: "", bool: False, int: 0, float: 0, list: [], dict: {}}
    return empty.get(type(value))


def _without_secret_values(manifest: Any) -> Any:
    """Keep the values of Secrets out of memory, messages and predicates."""
    if not isinstance(manifest, Mapping) or manifest.get("kind") != "Secret":
        return manifest
    return {key: blank(manifest[key]) if key in SECRET_VALUES else manifest[key] for key in manifest}
