"""HorizontalPodAutoscalers."""

from collections.abc import Callable, Mapping
from typing import Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.limits.amounts import amount
from quadrant_platform.policies.validation.limits.resource_names import container_resource_name
from quadrant_platform.policies.validation.metadata import path_segment

_SOURCES: Final = {"Object": "object", "External": "external", "Pods": "pods", "Resource": "resource",
                   "ContainerResource": "containerResource"}  # fmt: skip
"""The key that each type of metric fills, in the order in which Kubernetes looks at them."""
_TARGETS: Final = frozenset({"AverageValue", "Utilization", "Value"})
_SELECT: Final = frozenset({"Disabled", "Max", "Min"})
_POLICIES: Final = frozenset({"Percent", "Pods"})
_LONGEST_PERIOD, _LONGEST_WINDOW = 1800, 3600


def autoscaler(one: Field) -> None:
    """Check a HorizontalPodAutoscaler."""
    spec = one.at("spec")
    least, most, place = spec.number("minReplicas", 1), spec.number("maxReplicas"), spec.at("maxReplicas")
    spec.at("minReplicas").expect(least >= 1, "must be at least 1")
    place.expect(most >= 1, "must be at least 1")
    place.expect(most >= least, f"must be at least minReplicas, {least}")
    target = spec.at("scaleTargetRef")
    _reference(target)
    group, slash, _ = target.text("apiVersion").partition("/")
    target.at("apiVersion").expect(bool(group and slash), "must be a group, '/' and a version")
    for metric in spec.items("metrics"):
        _metric(metric)
    if least == 0 and not {one.text("type") for one in spec.items("metrics")} & {"Object", "External"}:
        spec.at("metrics").forbidden("must have an Object or External metric to scale to zero")
    for direction in ("scaleUp", "scaleDown"):
        _rules(spec.at("behavior", direction))


def simple_autoscaler(one: Field) -> None:
    """Check a HorizontalPodAutoscaler of autoscaling/v1, which knows the load of processors alone."""
    autoscaler(one)
    target = one.at("spec", "targetCPUUtilizationPercentage")
    if isinstance(target.value, int):
        # The API server judges it as the metric into which it turns it.
        one.at("spec").named("targetCPUUtilizationPercentage", "metrics[0].resource.target.averageUtilization").expect(
            target.value >= 1, "must be at least 1"
        )


def _reference(reference: Field) -> None:
    for key in ("kind", "name"):
        reference.at(key).must(path_segment)
    one_group = reference.text("apiVersion").count("/") <= 1
    reference.at("apiVersion").expect(one_group, "must be a group, '/' and a version")


def _metric(metric: Field) -> None:
    kind = metric.text("type")
    if kind not in _SOURCES:
        metric.at("type").not_supported(_SOURCES)
    present = [key for key in _SOURCES.values() if metric.has(key)]
    expected = _SOURCES.get(kind, "")
    if present:
        _RULES[present[0]](metric.at(present[0]))
    if expected and expected not in present:
        metric.at(expected).required(f"must be set for the type {kind}")
    for key in present if len(present) != 1 else ():
        if key != expected:
            metric.at(key).forbidden("must not be set beside another source")


def _identifier(source: Field) -> None:
    source.at("metric", "name").must(path_segment)


def _target(target: Field) -> None:
    known = target.text("type") in _TARGETS
    target.at("type").expect(known, f"must be one of {', '.join(sorted(_TARGETS))}")
    for key in ("value", "averageValue"):
        found = amount(target.get(key))
        target.at(key).expect(not target.has(key) or found is None or found > 0, "must be above 0")
    least = target.get("averageUtilization")
    target.at("averageUtilization").expect(not isinstance(least, int) or least >= 1, "must be at least 1")


def _needs(target: Field, *keys: str) -> None:
    if not any(map(target.has, keys)):
        target.at(keys[0]).required(f"must be set{', or ' if keys[1:] else ''}{' or '.join(keys[1:])}")


def _object(source: Field) -> None:
    _reference(source.at("describedObject"))
    _identifier(source)
    _target(source.at("target"))
    _needs(source.at("target"), "averageValue", "value")


def _external(source: Field) -> None:
    _identifier(source)
    target = source.at("target")
    _target(target)
    _needs(target, "averageValue", "value")
    if target.has("value") and target.has("averageValue"):
        target.at("value").forbidden("must not be set beside averageValue")


def _pods(source: Field) -> None:
    _identifier(source)
    _target(source.at("target"))
    _needs(source.at("target"), "averageValue")


def _any(_: str) -> None:
    """Take every name."""


def _resource(source: Field) -> None:
    source.at("name").must(_any)
    target = source.at("target")
    _target(target)
    _needs(target, "averageUtilization", "averageValue")
    if target.has("averageUtilization") and target.has("averageValue"):
        target.at("averageValue").forbidden("must not be set beside averageUtilization")


def _container_resource(source: Field) -> None:
    source.at("name").may(container_resource_name)
    source.at("container").must(formats.dns_label)
    _resource(source)


_RULES: Mapping[str, Callable[[Field], None]] = {
    "object": _object, "external": _external, "pods": _pods, "resource": _resource,
    "containerResource": _container_resource,
}  # fmt: skip


def _rules(rules: Field) -> None:
    window = rules.get("stabilizationWindowSeconds")
    if isinstance(window, int):
        rules.at("stabilizationWindowSeconds").expect(
            0 <= window <= _LONGEST_WINDOW, f"must be from 0 to {_LONGEST_WINDOW}"
        )
    if rules.has("selectPolicy") and rules.get("selectPolicy") not in _SELECT:
        rules.at("selectPolicy").not_supported(_SELECT)
    if rules.get("policies") == []:
        rules.at("policies").required("must have a policy")
    for policy in rules.items("policies"):
        _policy(policy)


def _policy(policy: Field) -> None:
    if policy.text("type") not in _POLICIES:
        policy.at("type").not_supported(_POLICIES)
    value, period = policy.number("value"), policy.number("periodSeconds")
    policy.at("value").expect(value > 0, "must be above 0")
    policy.at("periodSeconds").expect(0 < period <= _LONGEST_PERIOD, f"must be from 1 to {_LONGEST_PERIOD}")
