"""Keys that the schema accepts before a component acts on them, each with the area of work that builds it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from quadrant_platform.documents.problems import KeyPath
from quadrant_platform.model.schema.environment import Environment
from quadrant_platform.model.schema.system import System
from quadrant_platform.model.schema.types import Model

NOT_BUILT: Mapping[type[Model], Mapping[str, str]] = {
    System: {
        "services.*.spot": "applications",
        "services.*.rollout": "delivery",
        "services.*.slo": "observability",
        "secrets.*.origin": "data",
        "secrets.*.rotation": "data",
        "edge.capacityHeadroom": "edge",
        "mesh": "edge",
        "analyses": "delivery",
        "backup.schedules": "data",
        "backup.rto": "data",
        "backup.rpo": "data",
        "backup.crossRegion": "data",
        "chaos": "delivery",
        "load": "delivery",
    },
    Environment: {"spot": "applications"},
}
"""The area by key path, where `*` is every entry; a path stands for all keys below it."""


class Unbuilt(NamedTuple):
    """A key that a file sets and that no component acts on yet."""

    path: KeyPath
    area: str
    section: str
    """What a summary calls it: the key, and the kind of entry that has it."""

    def wire(self) -> dict[str, Any]:
        """Return the key for programs."""
        return {"path": list(self.path), "area": self.area}

    def __str__(self) -> str:
        """Write `key.path: not built yet (area)`."""
        return f"{'.'.join(map(str, self.path))}: not built yet ({self.area})"


def unbuilt(*roots: System | Environment) -> list[Unbuilt]:
    """Return the keys of a system and its environment that have no effect yet."""
    return [
        Unbuilt((*place, *path), area, ".".join((*place, pattern)))
        for root in roots
        for kind, place in ((System, ()) if isinstance(root, System) else (Environment, ("environment",)),)
        for pattern, area in NOT_BUILT[kind].items()
        for path in _set(root, pattern.split("."))
    ]


def _set(value: Any, pattern: list[str], path: KeyPath = ()) -> Iterator[KeyPath]:
    """Iterate over the key paths of a pattern whose value is not the default."""
    if not pattern:
        yield path
        return
    entries = value.items() if pattern[0] == "*" else _changed(value, pattern[0])
    for key, below in entries:
        yield from _set(below, pattern[1:], (*path, key))


def _changed(value: Model | None, key: str) -> Iterator[tuple[str, Any]]:
    for name, field in type(value).model_fields.items() if value is not None else ():
        below = getattr(value, name)
        if field.alias == key and below != field.get_default(call_default_factory=True):
            yield key, below


def summary(found: Iterable[Unbuilt]) -> str:
    """Return the sections that are not built yet, such as `rollout (3 services), mesh`."""
    counts = Counter(one.section for one in found)
    return ", ".join(_counted(*section.partition(".*."), count) for section, count in counts.items())


def _counted(entries: str, star: str, key: str, count: int) -> str:
    return f"{key} ({count} {entries if count > 1 else entries.removesuffix('s')})" if star else entries
