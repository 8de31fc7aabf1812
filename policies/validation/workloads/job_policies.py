"""When a Job has failed, and when it has succeeded."""

import re
from typing import Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.field_checks import known, non_negative
from quadrant_platform.policies.validation.fields import Field

_ACTIONS: Final = frozenset({"Count", "FailIndex", "FailJob", "Ignore"})
_OPERATORS: Final = frozenset({"In", "NotIn"})
_STATUSES: Final = frozenset({"True", "False", "Unknown"})
_RULES_MOST, _CODES_MOST, _PATTERNS_MOST = 20, 255, 20
_INDEXES_MOST: Final = 64 * 1024
_NUMBER = re.compile(r"[+]?\d+", re.ASCII)


def failure_policy(spec: Field) -> None:
    """Check which failures of pods count."""
    policy, pods = spec.at("podFailurePolicy"), spec.at("template", "spec")
    names = {one.text("name") for key in ("containers", "initContainers") for one in pods.items(key)}
    rules = policy.items("rules")
    if len(rules) > _RULES_MOST:
        policy.at("rules").too_many(_RULES_MOST)
    for rule in rules:
        action = rule.text("action")
        if not action:
            rule.at("action").required()
        known(rule, "action", _ACTIONS)
        counted = action != "FailIndex" or spec.has("backoffLimitPerIndex")
        rule.at("action").expect(counted, "needs backoffLimitPerIndex")
        if rule.has("onExitCodes"):
            _exit_codes(rule.at("onExitCodes"), names)
        _conditions(rule)
        one = rule.has("onExitCodes") != bool(rule.items("onPodConditions"))
        rule.expect(one, "must have one of onExitCodes and onPodConditions")


def _exit_codes(codes: Field, names: set[str]) -> None:
    if not codes.text("operator"):
        codes.at("operator").required()
    known(codes, "operator", _OPERATORS)
    container = codes.get("containerName")
    if isinstance(container, str):
        codes.at("containerName").expect(container in names, "must be the name of a container")
    place, values = codes.at("values"), codes.numbers("values")
    place.expect(bool(codes.get("values")), "must have a value")
    if len(values) > _CODES_MOST:
        place.too_many(_CODES_MOST)
    for index, value in enumerate(values):
        one = place.item(index, value)
        one.expect(value != 0 or codes.text("operator") != "In", "must not be 0 for In")
        if value in values[:index]:
            one.duplicate(value)
    place.expect(values == sorted(values), "must be in order")


def _conditions(rule: Field) -> None:
    patterns = rule.items("onPodConditions")
    if len(patterns) > _PATTERNS_MOST:
        rule.at("onPodConditions").too_many(_PATTERNS_MOST)
    for pattern in patterns:
        pattern.at("type").check(formats.qualified_name(pattern.text("type")))
        known(pattern, "status", _STATUSES)


def success_policy(spec: Field, completions: int) -> None:
    """Check which successes of pods are enough."""
    policy = spec.at("successPolicy")
    if not spec.has("successPolicy"):
        return
    rules = policy.items("rules")
    if not rules:
        policy.at("rules").required("must have a rule")
    if len(rules) > _RULES_MOST:
        policy.at("rules").too_many(_RULES_MOST)
    for rule in rules:
        _success(rule, completions)


def _success(rule: Field, completions: int) -> None:
    count, indexes = rule.number("succeededCount"), rule.get("succeededIndexes")
    if not rule.has("succeededCount") and indexes is None:
        rule.required("must have succeededCount or succeededIndexes")
    found = _indexes(indexes, completions) if isinstance(indexes, str) else completions
    rule.at("succeededIndexes").at_most(_INDEXES_MOST)
    rule.at("succeededIndexes").expect(found is not None, f"must be rising numbers below {completions}, such as 0,2-5")
    non_negative(rule, "succeededCount")
    fits = count <= completions and count <= (found or 0)
    rule.at("succeededCount").expect(not rule.has("succeededCount") or fits, "must be at most the number of indexes")


def _indexes(text: str, completions: int) -> int | None:
    """Return how many indexes a list has; nothing for what is none."""
    total, last = 0, -1
    for part in text.split(",") if text else ():
        bounds = part.split("-")
        if len(bounds) > 2 or not all(map(_NUMBER.fullmatch, bounds)):
            return None
        low, high = int(bounds[0]), int(bounds[-1])
        if not last < low <= high < completions or (len(bounds) == 2 and low == high):
            return None
        total, last = total + high - low + 1, high
    return total
