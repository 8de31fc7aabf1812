"""Every field of a schema, and other valid values for it, made from its type."""

from __future__ import annotations

import copy
import enum
import types
from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

Place = tuple[str | int, ...]
EVERY = "*"
TEXTS = (
    "other", "7s", "3Gi", "3", "10.9.8.0/24", "10.9.8.7/32", "1 2 * * *", "other.example.com", "/other",
    "https://other.example.com", "example/other:9.9.9", "another reason", "orders-db:5432", "10.9.8.7", "other-",
    "Asia/Tokyo", "200h",
)  # fmt: skip
"""One text for each form that a domain type accepts."""
NUMBERS = (1, 2, 3, 50, 100, 4096)
KEYS = ("other", "example.com/other", "/other", "NODE_ENV", 4096)


class Leaf(NamedTuple):
    """A field without fields below it; `*` in its path is every entry of a mapping or list."""

    path: tuple[str, ...]
    annotation: Any

    def __str__(self) -> str:
        """Write the path with dots."""
        return ".".join(self.path)


def leaves(model: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """Yield every field of a model, those of the models inside it included."""
    for name, field in model.model_fields.items():
        yield from _below(field.rebuild_annotation(), (*path, field.alias or name))


def _below(annotation: Any, path: tuple[str, ...]) -> Iterator[Leaf]:
    branches = branches_of(annotation)
    for branch in branches:
        entries = get_args(branch)[-1 if get_origin(branch) is dict else 0] if get_args(branch) else None
        if _is_model(branch):
            yield from leaves(branch, path)
        elif any(map(_is_model, branches_of(entries))):
            yield from _below(entries, (*path, EVERY))
        elif branch is not type(None):
            yield Leaf(path, annotation)


def branches_of(annotation: Any) -> list[Any]:
    """Return the members of a union, or the annotation itself, without metadata."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, types.UnionType):
        return [branch for part in get_args(annotation) for branch in branches_of(part)]
    return [annotation]


def _is_model(branch: Any) -> bool:
    return isinstance(branch, type) and issubclass(branch, BaseModel)


def places(document: Any, path: tuple[str, ...]) -> list[Place]:
    """Return where a document has, or could have, a field."""
    found: list[Place] = [()]
    for part in path:
        found = [(*place, key) for place in found for key in _keys(value_at(document, place), part)]
    return found


def _keys(value: Any, part: str) -> list[str | int]:
    if part != EVERY:
        return [part] if isinstance(value, dict | None) else []
    return list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []


def value_at(document: Any, place: Place) -> Any:
    """Return the value at a place; None where there is nothing."""
    for part in place:
        has = part in document if isinstance(document, dict) else isinstance(document, list)
        document = document[part] if has else None
    return document


def changed(document: dict[str, Any], place: Place, value: Any) -> dict[str, Any]:
    """Return a copy of a document with another value at a place."""
    result = dict(document)
    around: Any = result
    for part in place[:-1]:
        around[part] = copy.copy(around[part]) if value_at(around, (part,)) is not None else {}
        around = around[part]
    around[place[-1]] = value
    return result


def variations(document: dict[str, Any], leaf: Leaf) -> Iterator[tuple[Place, Iterator[Any]]]:
    """Yield each place of a field, with other values for it that its own type accepts, made one after the other."""
    names = tuple(dict.fromkeys(_words(document)))
    for place in sorted(places(document, leaf.path), key=lambda place: _absent(document, place)):
        yield place, _others(leaf, value_at(document, place), names)


def _others(leaf: Leaf, current: Any, names: tuple[str, ...]) -> Iterator[Any]:
    domain = TypeAdapter[Any](leaf.annotation)
    for branch in branches_of(leaf.annotation):
        for value in _values(branch, current, names):
            if value != current and _accepts(domain, value):
                yield value


def _absent(document: Any, place: Place) -> int:
    """Return how many parts of a place the document lacks: a value that is set already fits best."""
    return sum(value_at(document, place[: depth + 1]) is None for depth in range(len(place)))


def _accepts(domain: TypeAdapter[Any], value: Any) -> bool:
    try:
        domain.validate_python(value)
    except ValidationError:
        return False
    return True


def _values(branch: Any, current: Any, names: tuple[str, ...]) -> Iterator[Any]:
    origin, arguments = get_origin(branch), get_args(branch)
    if origin in (tuple, dict):
        yield from (_lists if origin is tuple else _mappings)(arguments[-1 if origin is dict else 0], current, names)
    elif origin is Literal or branch is bool:
        yield from arguments or (True, False)
    elif isinstance(branch, type) and issubclass(branch, enum.Enum):
        yield from (member.value for member in branch)
    elif branch in (int, float):
        near = (current + 1, current - 1, current // 2) if type(current) in (int, float) else ()
        yield from (*near, *NUMBERS)
    elif branch is type(None):
        yield None
    else:
        yield from (*TEXTS, *names)


def _lists(entry: Any, current: Any, names: tuple[str, ...]) -> Iterator[list[Any]]:
    present = list(current or ())
    for branch in branches_of(entry):
        for value in _values(branch, None, names):
            if value not in present:
                yield from ([*present, value], [value])
    if present:
        yield present[:-1]


def _mappings(entry: Any, current: Any, names: tuple[str, ...]) -> Iterator[dict[Any, Any]]:
    present = dict(current or {})
    for key in (*present, *KEYS):
        for branch in branches_of(entry):
            for value in islice(_values(branch, present.get(key), names), 0 if entry is None else len(TEXTS)):
                yield from ({**present, key: value}, {key: value})


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield str(key)
            yield from _words(below)
    elif isinstance(value, list):
        for below in value:
            yield from _words(below)
    elif isinstance(value, str):
        yield value
