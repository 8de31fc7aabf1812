"""Workloads whose pods are all alike: Deployments, ReplicaSets, ReplicationControllers and DaemonSets."""

from typing import Any, Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.field_checks import non_negative
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.pods.pod_spec import pod_template
from quadrant_platform.policies.validation.selectors import is_empty, label_selector, matches
from quadrant_platform.policies.validation.workloads.templates import (
    matching,
    restarted,
    selected_template,
    taken_labels,
)

_STRATEGIES: Final = frozenset({"RollingUpdate", "Recreate"})
_UPDATES: Final = frozenset({"RollingUpdate", "OnDelete"})


def deployment(one: Field) -> None:
    """Check a Deployment."""
    spec = one.at("spec")
    non_negative(spec, "replicas", "minReadySeconds", "revisionHistoryLimit")
    if selected_template(spec):
        restarted(spec.at("template"))
    _strategy(spec.at("strategy"))
    deadline, place = spec.number("progressDeadlineSeconds", 600), spec.at("progressDeadlineSeconds")
    place.expect(deadline >= 0, "must be at least 0")
    place.expect(deadline > spec.number("minReadySeconds"), "must be greater than minReadySeconds")


def _strategy(strategy: Field) -> None:
    kind, rolling = strategy.text("type", "RollingUpdate"), strategy.at("rollingUpdate")
    if kind not in _STRATEGIES:
        strategy.not_supported(_STRATEGIES)
    elif kind == "Recreate" and strategy.has("rollingUpdate"):
        rolling.forbidden("must not be set for the type Recreate")
    elif kind == "RollingUpdate":
        whole_or_percent(rolling, "maxUnavailable", "maxSurge")
        at_most_all(rolling, "maxUnavailable")
        moves = amount(rolling, "maxUnavailable", "25%") or amount(rolling, "maxSurge", "25%")
        rolling.at("maxUnavailable").expect(bool(moves), "must not be 0 where maxSurge is 0")


def whole_or_percent(field: Field, *keys: str) -> None:
    """Check numbers of pods, or parts of all."""
    for key in keys:
        value = field.get(key)
        if isinstance(value, str):
            field.at(key).check(formats.percent(value))
        else:
            non_negative(field, key)


def at_most_all(field: Field, *keys: str) -> None:
    """Check that parts are at most the whole."""
    for key in keys:
        value = field.get(key)
        part = isinstance(value, str) and formats.percent(value) is None
        field.at(key).expect(not part or amount(field, key) <= 100, "must be at most 100%")


def amount(field: Field, key: str, default: Any = 0) -> int:
    """Return a number of pods, or of percents; what cannot be read is nothing."""
    value = field.get(key)
    if field.is_unknown(key):
        return 1
    value = default if value is None else value
    text = str(value).removesuffix("%")
    return int(text) if text.removeprefix("-").isdecimal() and text.isascii() else 0


def replica_set(one: Field) -> None:
    """Check a ReplicaSet."""
    spec = one.at("spec")
    non_negative(spec, "replicas", "minReadySeconds")
    if selected_template(spec):
        restarted(spec.at("template"))


def replication_controller(one: Field) -> None:
    """Check a ReplicationController, which selects by its template's labels unless it says otherwise."""
    spec = one.at("spec")
    non_negative(spec, "replicas", "minReadySeconds")
    template = spec.at("template")
    own = template.at("metadata").map("labels")
    selector = spec.map("selector") or own
    if not selector and not spec.is_unknown("selector") and not template.at("metadata").is_unknown("labels"):
        spec.at("selector").required("must be set, or labels of the template")
    if not spec.has("template"):
        template.required()
        return
    fits = matches(spec.holding({"matchLabels": selector}), own)
    template.at("metadata", "labels").expect(fits, "must match the selector")
    taken_labels(one, template)
    pod_template(template)
    restarted(template)


def daemon_set(one: Field) -> None:
    """Check a DaemonSet."""
    spec, selector = one.at("spec"), one.at("spec", "selector")
    before = selector.reported
    label_selector(selector)
    if selector.reported == before:
        matching(spec)
    if not spec.has("selector"):
        spec.at("template", "metadata", "labels").invalid("must be matched by a selector, which is missing")
    selector.expect(not spec.has("selector") or not is_empty(selector), "must not be empty")
    pod_template(spec.at("template"))
    restarted(spec.at("template"))
    non_negative(spec, "minReadySeconds", "revisionHistoryLimit")
    _updates(spec.at("updateStrategy"))


def _updates(strategy: Field) -> None:
    kind, rolling = strategy.text("type", "RollingUpdate"), strategy.at("rollingUpdate")
    if kind not in _UPDATES:
        strategy.not_supported(_UPDATES)
    elif kind == "RollingUpdate":
        whole_or_percent(rolling, "maxUnavailable", "maxSurge")
        at_most_all(rolling, "maxUnavailable", "maxSurge")
        leaves, adds = amount(rolling, "maxUnavailable", 1), amount(rolling, "maxSurge")
        rolling.at("maxSurge").expect(not (leaves and adds), "must be 0 where maxUnavailable is not")
        if not leaves and not adds:
            rolling.at("maxUnavailable").required("must not be 0 where maxSurge is 0")
