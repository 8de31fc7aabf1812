"""What is left of a file with schema errors, so that its other entries can be checked in the same run."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self, get_origin

from quadrant_platform.documents.problems import KeyPath
from quadrant_platform.model.schema.system import System

_WORD = re.compile(r"[A-Za-z0-9][-A-Za-z0-9_.]*")


_SECTIONS = {field.alias for field in System.model_fields.values() if get_origin(field.annotation) is dict}
_NAMELESS = {field.alias for field in System.model_fields.values()} - _SECTIONS - {"edge", "flows"}
_EDGE_NAMELESS = {("replicas",), ("certificate",), ("minTls",), ("capacityHeadroom",)}


@dataclass(frozen=True)
class Gaps:
    """Names that a part left out of the check may declare or reference, so that no problem rests on their absence."""

    names: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    everything: bool = False
    """Whether whole sections are missing: then no name is unknown, and nothing is unused."""

    def may_declare(self, name: str) -> bool:
        """Return whether a part left out may declare a name."""
        return self.everything or name in self.names

    def __or__(self, other: Self) -> Self:
        """Return the gaps of both."""
        return type(self)(self.names | other.names, self.words | other.words, self.everything or other.everything)

    def may_reference(self, name: str) -> bool:
        """Return whether a part left out may reference a name."""
        return self.everything or name in self.words


NO_GAPS = Gaps()


@dataclass(frozen=True)
class Remainder:
    """The entries without schema errors, what was left out, and the original places of the flow rows."""

    data: dict[str, Any]
    gaps: Gaps
    rows: tuple[int, ...]

    def original(self, path: KeyPath) -> KeyPath:
        """Return a key path of the remainder as one of the file."""
        if len(path) > 1 and path[0] == "flows" and isinstance(path[1], int):
            return ("flows", self.rows[path[1]], *path[2:])
        return path


def salvage(data: Any, faulty: Iterable[KeyPath], name: str) -> Remainder:
    """Return the data less every entry that has a faulty key path; `name` stands in for the system's."""
    entries = {_entry(path) for path in faulty}
    names = frozenset(str(entry[-1]) for entry in entries if entry)
    words = frozenset(word for entry in entries for word in words_of(_at(data, entry)))
    gaps = Gaps(names, words, any(_is_whole(entry) for entry in entries))
    kept = _without(data, entries) if isinstance(data, dict) else {}
    count = len(data["flows"]) if isinstance(data, dict) and isinstance(data.get("flows"), list) else 0
    rows = tuple(index for index in range(count) if ("flows", index) not in entries)
    return Remainder({**kept, "name": name}, gaps, rows)


def _entry(path: KeyPath) -> KeyPath:
    """Return the entry that is left out for a fault: a name of a section, a row, or a whole setting."""
    if path[:1] == ("edge",) and path[1:2] in (("routes",), ("middlewares",)):
        return path[:3]
    return path[:1] if path and path[0] in _NAMELESS else path[:2]


def _is_whole(entry: KeyPath) -> bool:
    """Return whether an entry is, or may have been meant as, a section full of names."""
    if entry[:1] == ("edge",) and len(entry) == 2:
        return entry[1:] not in _EDGE_NAMELESS
    return len(entry) < 2 and (not entry or entry[0] not in _NAMELESS)


def _at(data: Any, path: KeyPath) -> Any:
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _without(data: Any, entries: set[KeyPath], path: KeyPath = ()) -> Any:
    """Copy data as deep as entries lie, leaving them out."""
    if len(path) > 2:
        return data
    if isinstance(data, dict):
        return {
            key: _without(value, entries, (*path, key)) for key, value in data.items() if (*path, key) not in entries
        }
    if isinstance(data, list) and path == ("flows",):
        return [row for index, row in enumerate(data) if ("flows", index) not in entries]
    return data


def words_of(value: Any) -> Iterator[str]:
    """Iterate over everything in some data that could be a name."""
    if isinstance(value, str):
        yield from _WORD.findall(value)
    elif isinstance(value, Mapping | list):
        for part in (*value, *value.values()) if isinstance(value, Mapping) else value:
            yield from words_of(part)
