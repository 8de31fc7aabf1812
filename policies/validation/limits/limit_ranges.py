"""LimitRanges."""

from decimal import Decimal
from typing import Any, Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.limits.amounts import amounts
from quadrant_platform.policies.validation.limits.resource_names import (
    container_resource_name,
    may_be_overcommitted,
    resource_name,
)

_TYPES: Final = frozenset({"Pod", "Container", "PersistentVolumeClaim"})
_DEFAULTS: Final = ("default", "defaultRequest")
_AT_MOST: Final = (
    ("min", "min", "max"), ("defaultRequest", "min", "defaultRequest"), ("defaultRequest", "defaultRequest", "max"),
    ("defaultRequest", "defaultRequest", "default"), ("default", "min", "default"), ("default", "default", "max"),
)  # fmt: skip
"""Which key is wrong where the amount of the second is above that of the third."""


def limit_range(one: Field) -> None:
    """Check a LimitRange."""
    seen = set[str]()
    for limit in one.at("spec").items("limits"):
        kind, place = limit.text("type"), limit.at("type")
        place.check(formats.qualified_name(kind) or _known_type(kind))
        place.unlike(kind, seen)
        _limit(limit, kind)


def _known_type(kind: str) -> str | None:
    return None if "/" in kind or kind in _TYPES else f"must be one of {', '.join(sorted(_TYPES))}"


def _limit(limit: Field, kind: str) -> None:
    keys = ["max", "min", "maxLimitRequestRatio"]
    if kind == "Pod":
        for key in filter(limit.get, _DEFAULTS):
            limit.at(key).forbidden("must not be set for the type Pod")
    else:
        keys += _DEFAULTS
    written = {key: limit.map(key) for key in keys}
    if kind == "Container":
        _fill(written)
    _names(limit, kind, written)
    found = {key: amounts(written[key]) for key in keys}
    for name in dict.fromkeys(name for key in keys for name in found[key]):
        _compare(limit, name, {key: found[key][name] for key in keys if name in found[key]})


def _fill(written: dict[str, dict[str, Any]]) -> None:
    """Set the defaults of a range for containers as the API server does."""
    for to, source in (("default", "max"), ("defaultRequest", "default"), ("defaultRequest", "min")):
        written[to] = {**written[source], **written[to]}


def _names(limit: Field, kind: str, written: dict[str, dict[str, Any]]) -> None:
    rule = container_resource_name if kind in {"Pod", "Container"} else resource_name
    for key, values in written.items():
        for name in values:
            limit.at(key).hidden(name).check(rule(name))
    if kind == "PersistentVolumeClaim" and "storage" not in {**written["min"], **written["max"]}:
        limit.at("limits").required("must have a min or a max for storage")


def _compare(limit: Field, name: str, found: dict[str, Decimal]) -> None:
    for wrong, lower, upper in _AT_MOST:
        if lower in found and upper in found and found[lower] > found[upper]:
            limit.at(wrong).hidden(name).invalid(f"{lower} must be at most {upper}")
    if "maxLimitRequestRatio" in found:
        _ratio(limit.at("maxLimitRequestRatio").hidden(name), found)
    if not may_be_overcommitted(name) and all(key in found for key in _DEFAULTS):
        same = found["default"] == found["defaultRequest"]
        limit.at("defaultRequest").hidden(name).expect(same, "must be the same as default")


def _ratio(place: Field, found: dict[str, Decimal]) -> None:
    place.expect(found["maxLimitRequestRatio"] >= 1, "must be at least 1")
    if found.get("min") and "max" in found:
        most = found["max"] / found["min"]
        place.expect(found["maxLimitRequestRatio"] <= most, f"must be at most max divided by min, {most}")
