"""PrometheusRules: what Prometheus itself would load, where promtool is here to say so."""

from collections.abc import Iterable, Iterator

from quadrant_platform.host import promtool
from quadrant_platform.policies.core import Finding, Object, Severity, StackIndex, StackPolicy
from quadrant_platform.policies.core.access import UNKNOWN, Node, UnknownFieldError
from quadrant_platform.policies.core.policy import CONSISTENCY
from quadrant_platform.policies.rules.operators.monitors import MONITORING

_FIELDS = ("name", "interval", "limit", "query_offset", "labels", "rules")
"""What a group of Prometheus has; the rest is the operator's own."""


def rules_load(stack: StackIndex) -> Iterator[Finding]:
    """Check that Prometheus takes every rule: expressions, durations, labels and templates."""
    rules = [obj for obj in stack.objects if _is_rule(obj)]
    answers = promtool.refused([list(_groups(obj)) for obj in rules])
    for obj, reasons in zip(rules, answers, strict=True):
        for reason in reasons:
            yield Finding(f"spec.groups: {reason}", "promql", obj)


def unjudged(objects: Iterable[Object]) -> str:
    """Return what is not judged without promtool; nothing where all is."""
    count = 0 if promtool.is_here() else sum(_is_rule(obj) for obj in objects)
    return f"the PromQL of {count} PrometheusRules, as {promtool.PROGRAM} is not on the PATH" if count else ""


def _is_rule(obj: Object) -> bool:
    return obj.kind == "PrometheusRule" and obj.group == MONITORING


def _groups(obj: Object) -> Iterator[dict[str, object]]:
    for group in obj.node.at("spec", "groups").items():
        yield {key: _known(node) for key, node in group.entries() if key in _FIELDS}


def _known(node: Node) -> object:
    if node.value is UNKNOWN:
        raise UnknownFieldError(node)
    if isinstance(node.value, dict):
        return {key: _known(one) for key, one in node.entries()}
    if isinstance(node.value, list):
        return [_known(one) for one in node.items()]
    value: object = node.value
    return value


POLICIES = (
    StackPolicy(
        name="prometheus-rules-load", title="Prometheus loads every rule",
        severity=Severity.HIGH, tags=("observability",), group=CONSISTENCY, predicate=rules_load,
        why="The operator drops a PrometheusRule with one expression that Prometheus does not read, with all alerts in "
        "it, or its webhook refuses it.",
        remedy="Correct the expression, duration, label or template that promtool names; policies on rules are judged "
        "where promtool is on the PATH.",
    ),
)  # fmt: skip
