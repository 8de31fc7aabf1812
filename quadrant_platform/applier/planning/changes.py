"""Changes that a cluster needs: live objects against wanted ones, object by object, field by field.

A dry run on the API server returns each object as it would be after our apply. Its difference from the live object is
exactly what Quadrant owns and others changed, without defaults and the fields of other managers.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from quadrant_platform.applier.observed.object_keys import ObjectKey, Objects
from quadrant_platform.applier.planning.lost_data import stays
from quadrant_platform.program.rendering import Manifest
from quadrant_platform.program.wire import SECRET
from quadrant_platform.vocabulary import TEMPLATE_ANNOTATION

_SERVER_FIELDS = ("managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "selfLink")
ABSENT = "(absent)"


class Action(StrEnum):
    """The change of an object."""

    CREATE = "create"
    CHANGE = "change"
    RECREATE = "recreate"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field with its live and its wanted value; values of Secrets are redacted."""

    path: str
    live: Any
    wanted: Any


@dataclass(frozen=True, slots=True)
class Change:
    """One object that differs from the wanted one."""

    key: ObjectKey
    action: Action
    fields: tuple[FieldDifference, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """All changes in the order of application; deletions last, in reverse order."""

    changes: tuple[Change, ...]
    spared: tuple[ObjectKey, ...]
    """Objects that are no longer wanted but hold data, or may: only `down` removes them."""
    unchanged: int

    def keys(self, *actions: Action) -> frozenset[ObjectKey]:
        """Return the objects with one of these changes."""
        return frozenset(change.key for change in self.changes if change.action in actions)

    def summary(self) -> str:
        """Return the number of objects by change."""
        counted = Counter(change.action for change in self.changes)
        parts = [f"{counted[action]} to {action}" for action in Action if counted[action]]
        return ", ".join([*parts, f"{self.unchanged} as they should be"])


def compare(wanted: Objects, live: Objects, merged: Objects) -> Changes:
    """Return the changes that turn the live objects into the wanted ones.

    `wanted` is in the order of application; `merged` holds each live one as the API server would make it.
    """
    found = [change for key in wanted if (change := _change(key, live, merged))]
    gone = [key for key in live if key not in wanted]
    deleted = [Change(key, Action.DELETE) for key in reversed(gone) if not stays(live[key])]
    spared = tuple(key for key in gone if stays(live[key]))
    return Changes((*found, *deleted), spared, len(wanted) - len(found))


def _change(key: ObjectKey, live: Objects, merged: Objects) -> Change | None:
    if key not in live:
        return Change(key, Action.CREATE)
    if key not in merged:
        return Change(key, Action.RECREATE, (FieldDifference("spec", "(another template)", "(this template)"),))
    found = differences(without_server_fields(live[key]), without_server_fields(merged[key]))
    fields = tuple(_redacted(key, difference) for difference in found)
    return Change(key, Action.CHANGE, fields) if fields else None


def replaced(wanted: Objects, live: Objects) -> frozenset[ObjectKey]:
    """Return the Jobs and StatefulSets with a template that differs and that Kubernetes never changes."""
    there = {key: _TEMPLATES[key.kind] for key in wanted if key.kind in _TEMPLATES and key in live}
    return frozenset(key for key, template in there.items() if template(live[key]) != template(wanted[key]))


def _digest(manifest: Manifest) -> str | None:
    text: str | None = manifest["metadata"].get("annotations", {}).get(TEMPLATE_ANNOTATION)
    return text


def _claims(manifest: Manifest) -> list[Any]:
    """Return what a StatefulSet's templates of claims ask for, without defaults."""
    templates = manifest["spec"].get("volumeClaimTemplates", ())
    fields = ("accessModes", "resources", "storageClassName")
    return [(one["metadata"]["name"], [one["spec"].get(field) for field in fields]) for one in templates]


_TEMPLATES: Mapping[str, Callable[[Manifest], object]] = {"Job": _digest, "StatefulSet": _claims}


def without_server_fields(manifest: Manifest) -> dict[str, Any]:
    """Return an object without its status and the metadata that the server sets."""
    metadata = {key: value for key, value in manifest["metadata"].items() if key not in _SERVER_FIELDS}
    return {**{key: value for key, value in manifest.items() if key != "status"}, "metadata": metadata}


def differences(live: Any, wanted: Any, path: str = "") -> Iterator[FieldDifference]:
    """Yield every field in which two objects differ, lists of equal length element by element."""
    if isinstance(live, dict) and isinstance(wanted, dict):
        for key in sorted(live.keys() | wanted.keys()):
            below = f"{path}.{key}" if path else key
            yield from differences(live.get(key, ABSENT), wanted.get(key, ABSENT), below)
    elif isinstance(live, list) and isinstance(wanted, list) and len(live) == len(wanted):
        for index, (one, other) in enumerate(zip(live, wanted, strict=True)):
            yield from differences(one, other, f"{path}[{index}]")
    elif live != wanted:
        yield FieldDifference(path, live, wanted)


def _redacted(key: ObjectKey, difference: FieldDifference) -> FieldDifference:
    if key.kind != "Secret" or not difference.path.startswith(("data", "stringData")):
        return difference
    live, wanted = (value if value == ABSENT else SECRET for value in (difference.live, difference.wanted))
    return FieldDifference(difference.path, live, wanted)
