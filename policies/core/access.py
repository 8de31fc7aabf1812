"""Typed access to manifests by path: plain JSON with a marker for unknown values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from quadrant_platform.quantities import parse_quantity

UNKNOWN_SENTINELS: Final = frozenset({
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
})  # fmt: skip
"""The engine's strings for a value that is not known yet, one a type."""

_LARGEST: Final = 2**63
_TYPE_NAMES: dict[type, str] = {
    type(None): "null", bool: "a boolean", int: "a number", float: "a number", str: "a string", dict: "an object",
    list: "an array",
}  # fmt: skip


class _Unknown:
    """The type of `UNKNOWN`."""

    def __repr__(self) -> str:
        return "<unknown>"


UNKNOWN: Final = _Unknown()
"""A value that is not known before the update runs."""


WELL_FORMED = "well-formed"
"""The policy that reports wrong types, whichever policy meets them."""


class FieldError(Exception):
    """A field that a policy has to read and cannot."""

    def __init__(self, node: Node, message: str) -> None:
        super().__init__(f"{node.path or 'the object'}: {message}")
        self.path = node.path
        self.origin = node.origin


class MalformedError(FieldError):
    """The field has another type than Kubernetes gives it."""

    def __init__(self, node: Node, expected: str) -> None:
        super().__init__(node, f"expected {expected}, found {type_name(node.value)}")


class InvalidError(FieldError):
    """The field has the right type and a value that Kubernetes refuses."""


class UnknownFieldError(FieldError):
    """The field's value is not known at preview."""

    def __init__(self, node: Node) -> None:
        super().__init__(node, "must be known at preview: an unknown value cannot be checked")


def type_name(value: object) -> str:
    """Return the JSON name of the value's type."""
    return _TYPE_NAMES.get(type(value), type(value).__name__)


def normalise(value: Any) -> Any:
    """Return the value as dicts, lists and scalars: whole floats as integers, unknowns as `UNKNOWN`."""
    if isinstance(value, str):
        return UNKNOWN if value in UNKNOWN_SENTINELS else value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {str(key): normalise(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [normalise(item) for item in value]
    return value


@dataclass(frozen=True)
class Node:
    """A value and the path to it. An absent field and `null` are the same, as they are to Kubernetes.

    Every reader raises `MalformedError` on another type and `UnknownFieldError` on an unknown value.
    """

    value: Any
    path: str = ""
    origin: object = None

    def _known(self) -> Any:
        if self.value is UNKNOWN:
            raise UnknownFieldError(self)
        return self.value

    def _typed(self, kind: type, expected: str) -> Any:
        value = self._known()
        if value is None or (isinstance(value, kind) and not (kind is int and isinstance(value, bool))):
            return value
        raise MalformedError(self, expected)

    def at(self, *keys: str) -> Node:
        """Return the node below these keys."""
        node = self
        for key in keys:
            fields = node._typed(dict, "an object") or {}
            node = Node(fields.get(key), f"{node.path}.{key}" if node.path else key, self.origin)
        return node

    def present(self) -> bool:
        """Return whether the field is set."""
        return self._known() is not None

    def required(self) -> Node:
        """Return this node. Raises MalformedError if it is not set."""
        if not self.present():
            raise MalformedError(self, "a value")
        return self

    def text(self) -> str:
        """Return the string, or an empty one."""
        return self._typed(str, "a string") or ""

    def flag(self) -> bool | None:
        """Return the boolean."""
        value: bool | None = self._typed(bool, "a boolean")
        return value

    def integer(self) -> int | None:
        """Return the whole number, of 64 bits."""
        value: int | None = self._typed(int, "an integer")
        if value is not None and not -_LARGEST <= value < _LARGEST:
            raise MalformedError(self, "an integer of 64 bits")
        return value

    def scalar(self) -> str | int | float | None:
        """Return a number or a string, as in ports and quantities."""
        value = self._known()
        if value is None or (isinstance(value, str | int | float) and not isinstance(value, bool)):
            return value
        raise MalformedError(self, "a string or a number")

    def quantity(self) -> float:
        """Return the amount; one that is not set is zero. Raises InvalidError for any other text."""
        value = self.scalar()
        try:
            return parse_quantity(str(value)) if value is not None else 0
        except ValueError as error:
            raise InvalidError(self, str(error)) from error

    def items(self) -> Iterator[Node]:
        """Yield the elements of an array; `null` is not an element."""
        for index, value in enumerate(self._typed(list, "an array") or ()):
            yield Node(value, f"{self.path}[{index}]", self.origin).required()

    def entries(self) -> Iterator[tuple[str, Node]]:
        """Yield the fields of an object by name: the engine passes them in any order, and no message depends on it."""
        for key in sorted(self._typed(dict, "an object") or ()):
            yield key, self.at(key)

    def texts(self) -> dict[str, str]:
        """Return a map of strings, such as labels."""
        return {key: node.required().text() for key, node in self.entries()}
