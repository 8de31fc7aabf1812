"""Checks that many kinds make of the field below a key."""

from collections.abc import Callable, Collection

from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.formats import Rule


def non_negative(field: Field, *keys: str) -> None:
    """Check that numbers are not negative."""
    for key in keys:
        field.at(key).expect(field.number(key) >= 0, "must be at least 0")


def in_range(field: Field, key: str, least: int, most: int) -> None:
    """Check that a number that is set lies in a range."""
    if field.has(key):
        field.at(key).expect(least <= field.number(key, least) <= most, f"must be from {least} to {most}")


def known(field: Field, key: str, allowed: Collection[str]) -> None:
    """Check a text for which Kubernetes fills in a value where it is empty."""
    if field.text(key):
        field.at(key).one_of(allowed)


def required(field: Field, *keys: str) -> None:
    """Check that texts are there."""
    for key in keys:
        if not field.text(key):
            field.at(key).required()


def port(field: Field, key: str, name_rule: Rule, number_rule: Callable[[int], str | None]) -> None:
    """Check the number or the name of a port; one that is absent is 0."""
    value = field.get(key)
    if isinstance(value, str):
        field.at(key).check(name_rule(value))
    else:
        field.at(key).check(number_rule(field.number(key)))
