"""Values at their places, read with the types that they were found to have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Self

from quadrant_platform.policies.validation.field_errors import FieldError

_JSON: Final = frozenset({type(None), bool, int, float, str, list, dict})


class _Opaque:
    """The type of `OPAQUE`."""


OPAQUE: Final = _Opaque()
"""The value of a field of which nothing can be said: its type was wrong, which is reported already."""


def is_opaque(value: object) -> bool:
    """Return whether a value is none of JSON: not known before an update runs, or of a wrong type."""
    return type(value) not in _JSON


class Reader:
    """A value at its place. What is absent, null or unknown reads as its default."""

    __slots__ = ("_errors", "_parent", "_step", "value")

    def __init__(self, value: Any, errors: list[FieldError], parent: Reader | None = None, step: str = "") -> None:
        self.value, self._errors, self._parent, self._step = value, errors, parent, step

    def _child(self, value: Any, step: str) -> Self:
        return type(self)(value, self._errors, self, step)

    @property
    def path(self) -> str:
        """The path from the object, such as `spec.ports[0].name`."""
        above = self._parent.path if self._parent is not None else ""
        return above + self._step if above else self._step.removeprefix(".")

    @property
    def reported(self) -> int:
        """The number of errors in the object so far."""
        return len(self._errors)

    def get(self, key: str) -> Any:
        """Return the value below a key; None where there is none."""
        return self.value.get(key) if isinstance(self.value, dict) else None

    def has(self, key: str) -> bool:
        """Return whether something is written below a key, known or not."""
        return self.get(key) is not None

    def is_unknown(self, key: str) -> bool:
        """Return whether the value below a key cannot be judged."""
        return is_opaque(self.value) or is_opaque(self.get(key))

    def at(self, *keys: str) -> Self:
        """Return the field below these keys."""
        field = self
        for key in keys:
            # An unknown value stays unknown below, so that nothing is reported there.
            value = field.value if is_opaque(field.value) else field.get(key)
            field = field._child(value, f".{key}")
        return field

    def named(self, key: str, name: str) -> Self:
        """Return the field below a key for which Kubernetes has another name in its errors."""
        return self.copied(self.at(key), name)

    def copied(self, other: Reader, key: str) -> Self:
        """Return the field below a key into which Kubernetes copies another."""
        return self.placed(key, other.value)

    def placed(self, name: str, value: Any) -> Self:
        """Return a value that Kubernetes, in its errors, places below this field."""
        return self._child(value, f".{name}")

    def holding(self, value: Any) -> Self:
        """Return this place with another value."""
        return type(self)(value, self._errors, self._parent, self._step)

    def key(self, key: str) -> Self:
        """Return the entry of a map, written in brackets."""
        return self._child(self.get(key), f"[{key}]")

    def hidden(self, key: str) -> Self:
        """Return the entry of a map whose value no message shows."""
        return self._child([], f"[{key}]")

    def item(self, index: int, value: Any) -> Self:
        """Return the field of an element of this array."""
        return self._child(value, f"[{index}]")

    @property
    def own(self) -> str:
        """The value, if it is a string."""
        return self.value if isinstance(self.value, str) else ""

    def text(self, key: str, default: str = "") -> str:
        """Return the string below a key; an empty one counts as absent."""
        value = self.get(key)
        return value if isinstance(value, str) and value else default

    def flag(self, key: str) -> bool:
        """Return whether the switch below a key is on."""
        return self.get(key) is True

    def number(self, key: str, default: int = 0) -> int:
        """Return the whole number below a key."""
        value = self.get(key)
        return value if isinstance(value, int) else default

    def items(self, key: str) -> list[Self]:
        """Return the elements of the array below a key."""
        value = self.get(key)
        if not isinstance(value, list) or not value:
            return []
        array = self.at(key)
        return [array.item(index, value) for index, value in enumerate(value)]

    def texts(self, key: str) -> list[str]:
        """Return the strings of the array below a key; null reads as an empty one, an unknown one is left out."""
        value = self.get(key)
        return (
            [item or "" for item in value if item is None or isinstance(item, str)] if isinstance(value, list) else []
        )

    def numbers(self, key: str) -> list[int]:
        """Return the whole numbers of the array below a key; null reads as 0, an unknown one is left out."""
        value = self.get(key)
        return [item or 0 for item in value if item is None or isinstance(item, int)] if isinstance(value, list) else []

    def map(self, key: str) -> dict[str, Any]:
        """Return the map below a key."""
        value = self.get(key)
        return value if isinstance(value, dict) else {}

    def entries(self, key: str) -> Iterator[tuple[str, Self]]:
        """Yield the entries of the map below a key, written in brackets."""
        place = self.at(key)
        for name in self.map(key):
            yield name, place.key(name)
