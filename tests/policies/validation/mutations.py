"""Objects that differ from real ones in a field or a few, each by what often goes wrong with it."""

from __future__ import annotations

import copy
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from quadrant_platform.policies.validation import native_types
from tests.policies.validation.kubernetes import Manifest
from tests.policies.validation.trouble import AMOUNTS, NUMBERS, OF_OTHER_TYPES, SCALARS, TEXTS

Path = tuple[str | int, ...]

_HEAD = frozenset({"apiVersion", "kind", "status"})
"""Fields of an object that stay as they are."""


@dataclass(frozen=True)
class Garden:
    """Real objects, by kind, and the values that their fields have anywhere."""

    seeds: dict[str, list[Manifest]]
    values: dict[str, list[Any]]

    @classmethod
    def of(cls, objects: Iterable[Manifest]) -> Garden:
        """Collect the kinds and values of some objects."""
        seeds, values = defaultdict[str, list[Manifest]](list), defaultdict[str, dict[str, Any]](dict)
        for one in objects:
            seeds[f"{one['apiVersion']} {one['kind']}"].append(one)
            for path, value in walk(one):
                if isinstance(path[-1], str):
                    values[path[-1]].setdefault(repr(value), value)
        return cls(dict(seeds), {key: list(found.values()) for key, found in values.items()})

    def grow(self, kind: str, chance: random.Random) -> Manifest:
        """Return one object of a kind that differs from a real one in a field or a few."""
        one = copy.deepcopy(chance.choice(self.seeds[kind]))
        for _ in range(chance.choice((1, 1, 1, 2, 2, 3))):
            places = [path for path, _ in walk(one) if path[0] not in _HEAD]
            inside = [path for path in places if path[0] != "metadata"]
            if places:
                path = chance.choice(inside if inside and chance.random() < 0.85 else places)
                _Change(one, path, self.values, chance).make()
        return one


@dataclass(frozen=True)
class _Change:
    """A change to an object at a path."""

    one: Manifest
    path: Path
    values: dict[str, list[Any]]
    chance: random.Random

    def make(self) -> None:
        """Make the change in one of the ways."""
        replaced, added = self._replaced, self._added
        ways = (replaced, replaced, replaced, added, added, self._removed, self._repeated, self._spoiled)
        self.chance.choice(ways)()

    @property
    def _parent(self) -> Any:
        return at(self.one, self.path[:-1])

    @property
    def _value(self) -> Any:
        return at(self.one, self.path)

    def _set(self, value: Any) -> None:
        self._parent[self.path[-1]] = copy.deepcopy(value)

    def _removed(self) -> None:
        del self._parent[self.path[-1]]

    def _repeated(self) -> None:
        if isinstance(self._parent, list):
            self._parent.append(copy.deepcopy(self._value))
        elif isinstance(self._value, list):
            self._set(self._value * 2)

    def _spoiled(self) -> None:
        self._set(self.chance.choice(OF_OTHER_TYPES))

    def _replaced(self) -> None:
        name = next((step for step in reversed(self.path) if isinstance(step, str)), "")
        known = self.values.get(name)
        if known and self.chance.random() < 0.5:
            found = self.chance.choice(known)
            of_array = isinstance(self.path[-1], int) and isinstance(found, list) and found
            self._set(found[0] if of_array else found)
        elif isinstance(self._parent, dict) and isinstance(self._value, str) and self.chance.random() < 0.15:
            self._parent[self.chance.choice(TEXTS)] = self._parent.pop(self.path[-1])
        else:
            self._set(self._alike())

    def _alike(self) -> Any:
        """Return another value of the same type."""
        value = self._value
        if isinstance(value, bool):
            return not value
        if isinstance(value, str):
            amount = value[:1].isdigit() and self.chance.random() < 0.5
            return self.chance.choice(AMOUNTS if amount else TEXTS)
        if isinstance(value, int):
            return self.chance.choice(NUMBERS)
        return value * 2 if isinstance(value, list) and self.chance.random() < 0.5 else type(value)()

    def _added(self) -> None:
        """Add a field that a structure on the way has, with a value of another object's or one of its type."""
        target, word = self._structure()
        fields = native_types.fields_of(word)
        name = self.chance.choice(sorted(fields)) if fields and isinstance(target, dict) else "managedFields"
        if name == "managedFields" or (target is self.one and name in _HEAD):
            return
        fresh, known = self._made(fields[name], 3), self.values.get(name)
        target[name] = copy.deepcopy(self.chance.choice(known)) if known and self.chance.random() < 0.6 else fresh

    def _structure(self) -> tuple[Any, str]:
        """Return an object on the way to the path, and its type."""
        node, word = self.one, native_types.type_of(self.one["apiVersion"], self.one["kind"]) or ""
        found: list[tuple[Any, str]] = [(node, word)]
        for step in self.path:
            node = at(node, (step,))
            many = word.startswith(("[]", "{}"))
            word = word[2:] if many else native_types.fields_of(word).get(str(step), "")
            found.append((node, word))
        found = [(node, word) for node, word in found if native_types.fields_of(word)]
        return found[-1] if self.chance.random() < 0.7 else self.chance.choice(found)

    def _made(self, word: str, depth: int) -> Any:
        """Return a value of a type."""
        if word.startswith("[]"):
            return [self._made(word[2:], depth - 1) for _ in range(self.chance.choice((0, 1, 1, 2)))]
        if word.startswith("{}"):
            names = self.chance.sample(TEXTS, self.chance.choice((0, 1, 2)))
            return {name: self._made(word[2:], depth - 1) for name in names}
        if word in SCALARS:
            return self.chance.choice(SCALARS[word])
        fields = native_types.fields_of(word) if depth > 0 else {}
        chosen = self.chance.sample(sorted(fields), min(len(fields), self.chance.choice((0, 1, 2, 3))))
        return {name: self._known_or_made(name, fields[name], depth - 1) for name in chosen}

    def _known_or_made(self, name: str, word: str, depth: int) -> Any:
        known = self.values.get(name)
        if known and self.chance.random() < 0.5:
            return copy.deepcopy(self.chance.choice(known))
        return self._made(word, depth)


def walk(node: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every value below a node with its path."""
    steps: Iterable[tuple[str | int, Any]] = ()
    if isinstance(node, dict):
        steps = node.items()
    elif isinstance(node, list):
        steps = enumerate(node)
    for key, value in steps:
        yield (*path, key), value
        yield from walk(value, (*path, key))


def at(node: Any, path: Path) -> Any:
    """Return the value at a path."""
    for key in path:
        node = node[key]
    return node


def without(node: Any, path: Path) -> Any:
    """Return a copy without the value at a path."""
    one = copy.deepcopy(node)
    del at(one, path[:-1])[path[-1]]
    return one
