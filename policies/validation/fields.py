"""Fields: values at their places whose errors are reported by path."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from quadrant_platform.policies.validation.field_errors import ErrorKind, FieldError
from quadrant_platform.policies.validation.formats import shown, size
from quadrant_platform.policies.validation.readers import Reader, is_opaque


class Field(Reader):
    """A value at its place. No error is reported at a field whose value is unknown, or within one."""

    __slots__ = ()

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

    def follows(self, words: str) -> None:
        """Report what the API server refuses only since it refuses another field, so that nobody need mend it."""
        if not is_opaque(self.value):
            self._errors.append(FieldError(self.path, ErrorKind.INVALID, words, follows=True))

    def check(self, words: str | None) -> None:
        """Report a value if a format has words against it."""
        if words is not None:
            self.invalid(words)

    def must(self, rule: Callable[[str], str | None]) -> None:
        """Check a text that must not be empty."""
        if self.value:
            self.may(rule)
        else:
            self.required()

    def may(self, rule: Callable[[str], str | None]) -> None:
        """Check a text, unless it is absent or empty."""
        if isinstance(self.value, str) and self.value:
            self.check(rule(self.value))

    def written(self, rule: Callable[[str], str | None]) -> None:
        """Check a text, unless it is absent; it must not be empty where the rule says so."""
        if isinstance(self.value, str):
            self.check(rule(self.value))

    def one_of(self, allowed: Iterable[str]) -> None:
        """Report a value, unless it is absent, that is none of those that Kubernetes knows."""
        if isinstance(self.value, str) and self.value not in allowed:
            self.not_supported(allowed)

    def unlike(self, value: object, seen: set[Any]) -> None:
        """Report a value that was seen, else remember it."""
        if value in seen:
            self.duplicate(value)
        seen.add(value)

    def forbidden(self, words: str) -> None:
        """Report a value that may not be there."""
        self._report(ErrorKind.FORBIDDEN, words)

    def duplicate(self, value: object) -> None:
        """Report a value that another element has."""
        self._report(ErrorKind.DUPLICATE, f"{shown(value)} is there twice")

    def not_found(self, words: str) -> None:
        """Report a name that nothing else has; the words say what must have it."""
        self._report(ErrorKind.NOT_FOUND, f"{words}, found {shown(self.value)}")

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
