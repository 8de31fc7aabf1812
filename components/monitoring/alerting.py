"""Alerting: the alerting rules of a system, declared ones and those that every scraped workload gets."""

from collections.abc import Iterator

from quadrant_platform.components.base.component import Component, Names
from quadrant_platform.components.builders.manifests import Manifest, manifest, metadata
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.schema.delivery import Alert

RUNBOOKS = "docs/runbooks"


class Monitoring(Component[Plan, Names]):
    """The PrometheusRules of a system; monitors are beside their workloads."""

    token = "monitoring:Monitoring"

    @staticmethod
    def manifests(inputs: Plan) -> Iterator[Manifest]:
        """Yield one PrometheusRule with a group for each group of alerts."""
        groups = _alert_groups(inputs)
        if groups:
            spec = {"groups": [{"name": group, "rules": rules} for group, rules in groups.items()]}
            meta = metadata(inputs.home, f"{inputs.system_name}-alerts")
            yield manifest("monitoring.coreos.com/v1", "PrometheusRule", meta, spec)

    @staticmethod
    def results(inputs: Plan) -> Names:
        """Return the alerts."""
        return Names(sorted({rule["alert"] for rules in _alert_groups(inputs).values() for rule in rules}))


def _alert_groups(plan: Plan) -> dict[str, list[Manifest]]:
    groups: dict[str, list[Manifest]] = {}
    for name, alert in plan.alerts.items():
        groups.setdefault(alert.group, []).append(rule(plan.name, name, alert))
    scraped = list(absent_targets(plan))
    return groups | ({"targets.rules": scraped} if scraped else {})


def rule(system: str, name: str, alert: Alert) -> Manifest:
    """Return one alerting rule with its severity, summary and runbook."""
    annotations = {"summary": alert.summary, "runbook_url": f"{RUNBOOKS}/{alert.runbook or name}.md"}
    if alert.description:
        annotations["description"] = alert.description
    labels = {"severity": alert.severity, "system": system}
    result: Manifest = {"alert": name, "expr": alert.expr, "labels": labels, "annotations": annotations}
    return result if alert.hold == "0s" else {**result, "for": alert.hold}


def absent_targets(plan: Plan) -> Iterator[Manifest]:
    """Yield, for every scraped workload, the alert that its metrics do not arrive."""
    for endpoint in plan.scraped:
        target = f'up{{namespace="{endpoint.namespace}",job="{endpoint.name}"}}'
        alert = Alert(
            expr=f"max({target}) < 1 or absent({target})",
            hold="5m",
            severity="warning",
            summary=f"no metrics arrive from {endpoint.name}",
            runbook="TargetDown",
        )
        found = rule(plan.name, "TargetDown", alert)
        yield {**found, "labels": {**found["labels"], "workload": endpoint.name}}
