"""Fields with their place: read with the types that they were found to have, and reported by path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from quadrant_platform.policies.validation.field_errors import ErrorKind, FieldError
from quadrant_platform.policies.validation.formats import shown, size

_JSON: Final = frozenset({type(None), bool, int, float, str, list, dict})


class _Opaque:
    """The type of `OPAQUE`."""


OPAQUE: Final = _Opaque()
"""The value of a field of which nothing can be said: its type was wrong, which is reported already."""


def is_opaque(value: object) -> bool:
    """Return whether a value is none of JSON: not known before an update runs, or of a wrong type."""
    return type(value) not in _JSON


class Field:
    """A value at its place. What is absent, null or unknown reads as its default.

    No error is reported at a field whose value is unknown, or within one.
    """

    __slots__ = ("_errors", "_parent", "_step", "value")

    def __init__(self, value: Any, errors: list[FieldError], parent: Field | None = None, step: str = "") -> None:
        self.value, self._errors, self._parent, self._step = value, errors, parent, step

    @property
    def path(self) -> str:
        """The path from the object, such as `spec.ports[0].name`."""
        above = self._parent.path if self._parent is not None else ""
        return above + self._step if above else self._step.removeprefix(".")

    def get(self, key: str) -> Any:
        """Return the value below a key; None where there is none."""
        return self.value.get(key) if isinstance(self.value, dict) else None

    def has(self, key: str) -> bool:
        """Return whether something is written below a key, known or not."""
        return self.get(key) is not None

    def is_unknown(self, key: str) -> bool:
        """Return whether the value below a key cannot be judged."""
        return is_opaque(self.value) or is_opaque(self.get(key))

    def at(self, *keys: str) -> Field:
        """Return the field below these keys."""
        field = self
        for key in keys:
            # An unknown value stays unknown below, so that nothing is reported there.
            value = field.value if is_opaque(field.value) else field.get(key)
            field = Field(value, self._errors, field, f".{key}")
        return field

    def key(self, key: str) -> Field:
        """Return the entry of a map, written in brackets."""
        return Field(self.get(key), self._errors, self, f"[{key}]")

    def item(self, index: int, value: Any) -> Field:
        """Return the field of an element of this array."""
        return Field(value, self._errors, self, f"[{index}]")

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

    def items(self, key: str) -> list[Field]:
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

    def map(self, key: str) -> dict[str, Any]:
        """Return the map below a key."""
        value = self.get(key)
        return value if isinstance(value, dict) else {}

    def entries(self, key: str) -> Iterator[tuple[str, Field]]:
        """Yield the entries of the map below a key, written in brackets."""
        place = self.at(key)
        for name in self.map(key):
            yield name, place.key(name)

    def _report(self, kind: ErrorKind, words: str) -> None:
        if not is_opaque(self.value):
            self._errors.append(FieldError(self.path, kind, words))

    def required(self, words: str = "is required") -> None:
        """Report that a value is missing."""
        self._report(ErrorKind.REQUIRED, words)

    def invalid(self, words: str) -> None:
        """Report a value; the words say what it must be."""
        found = f", found {shown(self.value)}" if isinstance(self.value, str | int | float) else ""
        self._report(ErrorKind.INVALID, f"{words}{found}")

    def expect(self, holds: bool, words: str) -> None:
        """Report a value of which something does not hold; the words say what it must be."""
        if not holds:
            self.invalid(words)

    def check(self, words: str | None) -> None:
        """Report a value if a format has words against it."""
        if words is not None:
            self.invalid(words)

    def forbidden(self, words: str) -> None:
        """Report a value that may not be there."""
        self._report(ErrorKind.FORBIDDEN, words)

    def duplicate(self, value: object) -> None:
        """Report a value that another element has."""
        self._report(ErrorKind.DUPLICATE, f"{shown(value)} is there twice")

    def not_supported(self, allowed: Iterable[str]) -> None:
        """Report a value that is none of those that Kubernetes knows."""
        words = f"must be one of {', '.join(sorted(allowed))}, found {shown(self.value)}"
        self._report(ErrorKind.NOT_SUPPORTED, words)

    def at_most(self, most: int) -> None:
        """Report a text with more bytes than Kubernetes keeps."""
        if isinstance(self.value, str) and size(self.value) > most:
            self.too_long(most)

    def too_long(self, most: int) -> None:
        """Report a text, or a map, with more characters than Kubernetes keeps."""
        self._report(ErrorKind.TOO_LONG, f"must have at most {most} bytes")

    def too_many(self, most: int) -> None:
        """Report an array with more elements than Kubernetes keeps."""
        self._report(ErrorKind.TOO_MANY, f"must have at most {most} elements")

    def wrong_type(self, words: str) -> None:
        """Report a value that cannot be read at all."""
        self._report(ErrorKind.TYPE, words)

    def no_field(self) -> None:
        """Report a field that Kubernetes does not have."""
        self._report(ErrorKind.NO_FIELD, "Kubernetes has no such field")
