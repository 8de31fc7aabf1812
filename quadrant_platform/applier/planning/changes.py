"""What has to change in a cluster: live objects against wanted ones, object by object, field by field.

The API server itself says what an object would be after our apply: the difference between that and the live object is
exactly what we own and somebody else changed, defaults and other managers' fields aside.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from quadrant_platform.applier.observed.object_keys import Manifest, ObjectKey
from quadrant_platform.program.wire import SECRET

TEMPLATE = "quadrant.dev/template"
"""Annotation of a Job: the digest of what it runs, which Kubernetes lets nobody change."""
_SERVERS_OWN = ("managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "selfLink")
_DATA = frozenset({"Namespace", "PersistentVolumeClaim"})
"""Kinds that are never pruned: data goes with them, and only `down` takes it."""
ABSENT = "(absent)"


class Action(StrEnum):
    """What is done to an object."""

    CREATE = "create"
    CHANGE = "change"
    RECREATE = "recreate"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field: what it is, and what it is to be; values of Secrets are never told."""

    path: str
    live: Any
    wanted: Any


@dataclass(frozen=True, slots=True)
class Change:
    """One object that is not as it is to be."""

    key: ObjectKey
    action: Action
    fields: tuple[FieldDifference, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """All that has to change, in the order of application; what is no longer wanted comes last, backwards."""

    changes: tuple[Change, ...]
    spared: tuple[ObjectKey, ...]
    """No longer wanted, but holding data."""
    unchanged: int

    def keys(self, *actions: Action) -> frozenset[ObjectKey]:
        """Return the objects to which something is done."""
        return frozenset(change.key for change in self.changes if change.action in actions)

    def summary(self) -> str:
        """Say how many objects there are of each fate."""
        counted = Counter(change.action for change in self.changes)
        told = [f"{counted[action]} to {action}" for action in Action if counted[action]]
        return ", ".join([*told, f"{self.unchanged} as they should be"])


def compare(
    wanted: Mapping[ObjectKey, Manifest], live: Mapping[ObjectKey, Manifest], merged: Mapping[ObjectKey, Manifest]
) -> Changes:
    """Return what turns the live objects into the wanted ones.

    `wanted` is in the order of application; `merged` is what the API server would make of each live one of them.
    """
    found = [change for key in wanted if (change := _change(key, live, merged))]
    gone = [key for key in live if key not in wanted]
    deleted = [Change(key, Action.DELETE) for key in reversed(gone) if key.kind not in _DATA]
    spared = tuple(key for key in gone if key.kind in _DATA)
    return Changes((*found, *deleted), spared, len(wanted) - len(found))


def _change(key: ObjectKey, live: Mapping[ObjectKey, Manifest], merged: Mapping[ObjectKey, Manifest]) -> Change | None:
    if key not in live:
        return Change(key, Action.CREATE)
    if key not in merged:
        return Change(key, Action.RECREATE, (FieldDifference("spec", "(another template)", "(this template)"),))
    fields = tuple(
        _told(key, difference) for difference in differences(owned_fields(live[key]), owned_fields(merged[key]))
    )
    return Change(key, Action.CHANGE, fields) if fields else None


def replaced(wanted: Mapping[ObjectKey, Manifest], live: Mapping[ObjectKey, Manifest]) -> frozenset[ObjectKey]:
    """Return the Jobs whose template is another one; they can only be made anew."""
    jobs = [key for key in wanted if key.kind == "Job" and key in live]
    return frozenset(key for key in jobs if _digest(live[key]) != _digest(wanted[key]))


def digest(manifest: Manifest) -> str:
    """Return the digest of what a Job runs."""
    return hashlib.sha256(json.dumps(manifest["spec"], sort_keys=True).encode()).hexdigest()[:16]


def _digest(manifest: Manifest) -> str | None:
    text: str | None = manifest["metadata"].get("annotations", {}).get(TEMPLATE)
    return text


def owned_fields(manifest: Manifest) -> dict[str, Any]:
    """Return an object without its status and what the server keeps about it."""
    metadata = {key: value for key, value in manifest["metadata"].items() if key not in _SERVERS_OWN}
    return {**{key: value for key, value in manifest.items() if key != "status"}, "metadata": metadata}


def differences(live: Any, wanted: Any, path: str = "") -> Iterator[FieldDifference]:
    """Yield every field in which two objects differ, lists element by element where they are of one length."""
    if isinstance(live, dict) and isinstance(wanted, dict):
        for key in sorted(live.keys() | wanted.keys()):
            below = f"{path}.{key}" if path else key
            yield from differences(live.get(key, ABSENT), wanted.get(key, ABSENT), below)
    elif isinstance(live, list) and isinstance(wanted, list) and len(live) == len(wanted):
        for index, (one, other) in enumerate(zip(live, wanted, strict=True)):
            yield from differences(one, other, f"{path}[{index}]")
    elif live != wanted:
        yield FieldDifference(path, live, wanted)


def _told(key: ObjectKey, difference: FieldDifference) -> FieldDifference:
    if key.kind != "Secret" or not difference.path.startswith(("data", "stringData")):
        return difference
    live, wanted = (value if value == ABSENT else SECRET for value in (difference.live, difference.wanted))
    return FieldDifference(difference.path, live, wanted)
