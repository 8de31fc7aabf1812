"""Schedules as Kubernetes reads them: five fields, or one of the words after '@'."""

import re
from dataclasses import dataclass, field
from typing import Final

_WORDS: Final = frozenset({"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"})
_EVERY: Final = "@every "
_DURATION = re.compile(r"[+-]?(0|((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d+", re.ASCII)


@dataclass(frozen=True)
class _Bounds:
    """The values of a field of a schedule."""

    name: str
    least: int
    most: int
    words: dict[str, int] = field(default_factory=dict)


_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_DAYS: Final = "sun mon tue wed thu fri sat".split()
_FIELDS: Final = (
    _Bounds("minute", 0, 59), _Bounds("hour", 0, 23), _Bounds("day of the month", 1, 31),
    _Bounds("month", 1, 12, {word: number for number, word in enumerate(_MONTHS, start=1)}),
    _Bounds("day of the week", 0, 6, {word: number for number, word in enumerate(_DAYS)}),
)  # fmt: skip


def schedule_fault(text: str) -> str | None:
    """Return what a schedule must be, or nothing where Kubernetes reads it."""
    if text.startswith("@"):
        known = text in _WORDS or (text.startswith(_EVERY) and _DURATION.fullmatch(text.removeprefix(_EVERY)))
        return None if known else "must be a schedule, such as '0 2 * * *', @daily or @every 1h"
    fields = text.split()
    if len(fields) != len(_FIELDS):
        return f"must have five fields, from the minute to the day of the week, not {len(fields)}"
    for one, bounds in zip(fields, _FIELDS, strict=True):
        if not all(_is_range(part, bounds) for part in one.split(",") if part):
            return f"must have a {bounds.name} from {bounds.least} to {bounds.most}, not {one}"
    return None


def _is_range(text: str, bounds: _Bounds) -> bool:
    """Return whether a part of a field is a number or a range, with a step or without."""
    ends, slash, step = text.partition("/")
    low, hyphen, high = ends.partition("-")
    if slash and not (_number(step) or 0) > 0:
        return False
    if low in {"*", "?"}:
        return True
    first = _value(low, bounds)
    last = _value(high, bounds) if hyphen else bounds.most if slash else first
    return first is not None and last is not None and bounds.least <= first <= last <= bounds.most


def _value(text: str, bounds: _Bounds) -> int | None:
    word = bounds.words.get(text.lower())
    return _number(text) if word is None else word


def _number(text: str) -> int | None:
    return int(text) if _NUMBER.fullmatch(text) else None
