"""Which taints of nodes pods tolerate, and what they wait for."""

from collections.abc import Iterable
from typing import Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.field_checks import known
from quadrant_platform.policies.validation.fields import Field

_EFFECTS: Final = frozenset({"NoSchedule", "PreferNoSchedule", "NoExecute"})


def tolerations(listed: Iterable[Field]) -> None:
    """Check the tolerations of a pod."""
    for one in listed:
        one.at("key").may(formats.qualified_name)
        operator, place = one.text("operator", "Equal"), one.at("operator")
        everything = bool(one.text("key")) or one.is_unknown("key") or operator == "Exists"
        place.expect(everything, "must be Exists where key is empty")
        timed = one.has("tolerationSeconds") and one.text("effect") != "NoExecute"
        one.at("effect").expect(not timed, "must be NoExecute where tolerationSeconds is set")
        _value(one, operator)
        known(one, "effect", _EFFECTS)


def _value(one: Field, operator: str) -> None:
    value, place = one.text("value"), one.at("operator")
    if operator == "Equal":
        wrong = formats.label_value(value)
        place.expect(wrong is None, f"needs a value that {wrong}")
    elif operator == "Exists":
        place.expect(not value, "must be Equal where value is set")
    else:
        place.not_supported({"Equal", "Exists"})


def gates(spec: Field) -> None:
    """Check the conditions under which a pod is placed and counts as ready."""
    for one in spec.items("readinessGates"):
        one.at("conditionType").check(formats.qualified_name(one.text("conditionType")))
    seen = set[str]()
    for one in spec.items("schedulingGates"):
        name = one.text("name")
        wrong = formats.qualified_name(name)
        if wrong:
            one.invalid(f"the name {formats.shown(name)} {wrong}")
        if name in seen:
            one.duplicate(name)
        seen.add(name)
