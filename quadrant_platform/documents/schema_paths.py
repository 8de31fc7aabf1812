"""Pydantic's error locations in terms of the file: key paths without type tags, and the keys valid at a place."""

import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from quadrant_platform.documents.problems import KeyPath

WRONG_SHAPE = frozenset(
    ("int_type", "int_parsing", "int_from_float", "string_type", "dict_type", "tuple_type", "model_type")
)


@dataclass(frozen=True)
class Fault:
    """One schema error: its key path in the file, pydantic's type, context and input."""

    path: KeyPath
    kind: str
    input: Any
    message: str
    context: Mapping[str, Any]
    on_key: bool = False
    alternatives: tuple[str, ...] = ()
    """Error types of the branches of a union where the value has the shape of none."""
    union: tuple[KeyPath, str] | None = None
    """The path of the union that it belongs to, and the branch."""


def faults(errors: Iterable[ErrorDetails], data: Any) -> list[Fault]:
    """Return the schema errors of some data, each union's branches made one."""
    found: list[Fault] = []
    unions: dict[KeyPath, dict[str, list[Fault]]] = {}
    for fault in (_located(error, data) for error in errors):
        if fault.union is None:
            found.append(fault)
        else:
            place, branch = fault.union
            unions.setdefault(place, {}).setdefault(branch, []).append(fault)
    return found + [fault for place, branches in unions.items() for fault in _collapsed(place, branches)]


def _located(error: ErrorDetails, data: Any) -> Fault:
    """Drop the parts of a location that are not in the file: they name branches of unions."""
    path: KeyPath = ()
    union = None
    parents, last = error["loc"][:-1], error["loc"][-1:]
    for part in parents:
        if _has(data, part):
            data, path = data[part], (*path, part)
        elif union is None:
            union = (path, str(part))
    on_key = last == ("[key]",)
    if error["type"] == "missing" or all(_has(data, part) for part in last):
        path += last
    elif not on_key and union is None:
        union = (path, str(last[0]))
    return Fault(path, error["type"], error["input"], error["msg"], error.get("ctx", {}), on_key, union=union)


def _has(data: Any, part: str | int) -> bool:
    return part in data if isinstance(data, dict) else isinstance(data, list) and isinstance(part, int)


def _collapsed(place: KeyPath, branches: Mapping[str, list[Fault]]) -> list[Fault]:
    """Keep the branch that the value was meant for; where it fits none, list what each accepts."""
    for group in branches.values():
        if not any(fault.path == place and fault.kind in WRONG_SHAPE for fault in group):
            return group
    first = next(iter(branches.values()))[0]
    kinds = tuple(fault.kind for group in branches.values() for fault in group)
    return [Fault(place, first.kind, first.input, first.message, {}, alternatives=kinds)]


def keys_at(model: type[BaseModel], path: KeyPath) -> list[str]:
    """Return the keys that a mapping at a key path may have; none where it is free."""
    annotations: list[Any] = [model]
    for part in path:
        annotations = [below for annotation in annotations for below in _descend(annotation, part)]
    return [alias for annotation in annotations for alias in _aliases(annotation)]


def _descend(annotation: Any, part: str | int) -> Iterator[Any]:
    for branch in _branches(annotation):
        origin, arguments = get_origin(branch), get_args(branch)
        if isinstance(branch, type) and issubclass(branch, BaseModel):
            yield from (field.annotation for name, field in branch.model_fields.items() if part in (field.alias, name))
        elif origin is dict:
            yield arguments[1]
        elif origin is tuple:
            yield arguments[0]


def _aliases(annotation: Any) -> Iterator[str]:
    for branch in _branches(annotation):
        if isinstance(branch, type) and issubclass(branch, BaseModel):
            yield from (field.alias or name for name, field in branch.model_fields.items())


def _branches(annotation: Any) -> tuple[Any, ...]:
    """Return the members of a union, or the annotation itself."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, types.UnionType):
        return get_args(annotation)
    return (annotation,)
