"""Monitoring: the alerting rules of a system, declared ones and those that every scraped workload gets."""

from __future__ import annotations

from collections.abc import Iterator

import pulumi

from quadrant_platform.components.base.component import BuildContext, register
from quadrant_platform.components.builders.manifests import Manifest, metadata, name_of
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.schema.delivery import Alert

RUNBOOKS = "docs/runbooks"


class Monitoring(pulumi.ComponentResource):
    """The PrometheusRules of a system; monitors stand beside their workloads."""

    def __init__(self, name: str, args: BuildContext, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("quadrant:monitoring:Monitoring", name, None, opts)
        for manifest in objects(args.plan):
            register(self, manifest, args)
        self.register_outputs({})


def objects(plan: Plan) -> Iterator[Manifest]:
    """Yield one PrometheusRule with a group for each group of alerts."""
    groups: dict[str, list[Manifest]] = {}
    for name, alert in plan.system.alerts.items():
        if plan.environment.name in alert.stages:
            groups.setdefault(alert.group, []).append(rule(plan, name, alert))
    scraped = list(absent_targets(plan))
    if scraped:
        groups["targets.rules"] = scraped
    if groups:
        home = plan.namespace(plan.topology.segments[0])
        yield {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PrometheusRule",
            "metadata": metadata(home, f"{plan.system.name}-alerts"),
            "spec": {"groups": [{"name": group, "rules": rules} for group, rules in groups.items()]},
        }


def rule(plan: Plan, name: str, alert: Alert) -> Manifest:
    """Return one alerting rule with its severity, summary and runbook."""
    annotations = {"summary": alert.summary, "runbook_url": f"{RUNBOOKS}/{alert.runbook or name}.md"}
    if alert.description:
        annotations["description"] = alert.description
    labels = {"severity": alert.severity, "system": plan.system.name}
    result: Manifest = {"alert": name, "expr": alert.expr, "labels": labels, "annotations": annotations}
    return result if alert.hold == "0s" else {**result, "for": alert.hold}


def absent_targets(plan: Plan) -> Iterator[Manifest]:
    """Yield, for every scraped workload, the alert that its metrics do not arrive."""
    for _, endpoint in plan.topology.own():
        if endpoint.metrics is not None:
            name = name_of(endpoint)
            target = f'up{{namespace="{endpoint.namespace}",job="{name}"}}'
            alert = Alert(
                expr=f"max({target}) < 1 or absent({target})",
                hold="5m",
                severity="warning",
                summary=f"no metrics arrive from {name}",
                runbook="TargetDown",
            )
            found = rule(plan, "TargetDown", alert)
            yield {**found, "labels": {**found["labels"], "workload": name}}
