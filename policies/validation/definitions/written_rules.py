"""Rules of definitions (x-kubernetes-validations), judged for objects that are created."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from quadrant_platform.policies.validation.definitions.cel.cel_programs import CelProgram, compiled
from quadrant_platform.policies.validation.definitions.cel.typed_values import Schema, below, completed, typed
from quadrant_platform.policies.validation.field_errors import ErrorKind, FieldError
from quadrant_platform.policies.validation.fields import Field

KEY: Final = "x-kubernetes-validations"
BLOCKING: Final = frozenset(
    {ErrorKind.REQUIRED, ErrorKind.NOT_SUPPORTED, ErrorKind.TOO_LONG, ErrorKind.TOO_MANY, ErrorKind.TYPE}
)
"""Errors of an object of which the API server asks no rules."""
_REASONS: Final = {
    "FieldValueRequired": ErrorKind.REQUIRED, "FieldValueForbidden": ErrorKind.FORBIDDEN,
    "FieldValueDuplicate": ErrorKind.DUPLICATE,
}  # fmt: skip
_STEP: Final = re.compile(r"\.([^.\[]+)|\['([^']*)'\]")


@dataclass(frozen=True)
class WrittenRule:
    """A rule of a definition at its place."""

    given: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The expression, on one line."""
        return " ".join(str(self.given.get("rule", "")).split())

    def program(self, key: str = "rule") -> CelProgram | None:
        """Return the expression below a key; None where it says nothing of a creation."""
        return compiled(str(self.given.get(key, "")), bool(self.given.get("optionalOldSelf")))

    @cached_property
    def unknown(self) -> str:
        """Why the rule is not judged of any object."""
        program = self.program()
        return program.unknown if program else ""


@dataclass(frozen=True)
class RuleVerdict:
    """What a rule says of a value: the error, or why nothing can be said."""

    rule: WrittenRule
    place: str
    error: FieldError | None = None
    unknown: str = ""


def rules_of(schema: Schema) -> Iterator[WrittenRule]:
    """Yield the rules at one place of a schema."""
    return (WrittenRule(given) for given in schema.get(KEY) or ())


def verdicts(body: Mapping[str, Any], schema: Schema) -> Iterator[RuleVerdict]:
    """Yield what is broken in an object, and what cannot be judged of it."""
    yield from _judged(Field(completed(body, schema), []), schema, whole=True)


def _judged(field: Field, schema: Schema, *, whole: bool = False) -> Iterator[RuleVerdict]:
    if field.value is None:
        return
    rules = list(rules_of(schema))
    value = typed(field.value, schema, whole=whole) if rules else None
    for rule in rules:
        yield from _judge(rule, field, value)
    for inner, known in _inner(field, schema):
        yield from _judged(inner, known)


def _inner(field: Field, schema: Schema) -> Iterator[tuple[Field, Schema]]:
    """Yield the elements or members of a value, with their schemas."""
    if isinstance(field.value, list):
        yield from ((field.item(index, one), schema.get("items") or {}) for index, one in enumerate(field.value))
    named = schema.get("properties") or {}
    for name in field.value if isinstance(field.value, dict) else ():
        yield field.at(name) if name in named else field.key(name), below(schema, name) or {}


def _judge(rule: WrittenRule, field: Field, value: Any) -> Iterator[RuleVerdict]:
    program = rule.program()
    if program is None or program.unknown:
        return
    answer = program.of(value)
    if answer.unknown:
        yield RuleVerdict(rule, field.path, unknown=answer.unknown)
    elif answer.error:
        words = f"must satisfy the rule {rule.text}, which ends in an error: {answer.error}"
        yield RuleVerdict(rule, field.path, FieldError(field.path, ErrorKind.INVALID, words))
    elif answer.value is not True:
        kind = _REASONS.get(str(rule.given.get("reason")), ErrorKind.INVALID)
        yield RuleVerdict(rule, field.path, FieldError(_place(rule, field), kind, _words(rule, value)))


def _place(rule: WrittenRule, field: Field) -> str:
    """Return the place of an error, which a rule may name below its own."""
    for name, key in _STEP.findall(str(rule.given.get("fieldPath", ""))):
        field = field.at(name or key)
    return field.path


def _words(rule: WrittenRule, value: Any) -> str:
    """Return a rule's own words, which it may compute."""
    program = rule.program("messageExpression") if rule.given.get("messageExpression") else None
    said = program.of(value).value if program and not program.unknown else None
    words = said if isinstance(said, str) else str(rule.given.get("message", ""))
    return words.strip() or f"must satisfy the rule {rule.text}"
