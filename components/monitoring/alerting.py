"""Alerting: the rules of a system, declared ones and those that scraped workloads and scheduled jobs get."""

from collections.abc import Iterator

from quadrant_platform.components.base.component import Component, Names
from quadrant_platform.components.builders.manifests import Manifest, manifest, metadata
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.expansion.planned import PlannedProcess
from quadrant_platform.model.expansion.scheduled import late_after
from quadrant_platform.model.schema.delivery import Alert
from quadrant_platform.model.schema.service import JobSpec

RUNBOOKS = "docs/runbooks"
LATE = """\
time() - (
  max by (namespace, cronjob) (kube_cronjob_status_last_successful_time{SELECTOR})
  or max by (namespace, cronjob) (kube_cronjob_created{SELECTOR})
) > LIMIT
unless max by (namespace, cronjob) (max_over_time(kube_cronjob_spec_suspend{SELECTOR}[LIMITs])) == 1
or absent(kube_cronjob_created{SELECTOR})"""
"""The metric is absent before a job's first success; a resumed job gets the whole limit again."""


class Monitoring(Component[Plan, Names]):
    """The PrometheusRules of a system; monitors are beside their workloads."""

    token = "monitoring:Monitoring"

    @staticmethod
    def manifests(inputs: Plan) -> Iterator[Manifest]:
        """Yield one PrometheusRule with a group for each group of alerts."""
        groups = _alert_groups(inputs)
        if groups:
            spec = {"groups": [{"name": group, "rules": rules} for group, rules in groups.items()]}
            labels = inputs.settings.monitoring.labels
            meta = metadata(inputs.home, f"{inputs.system_name}-alerts", labels)
            yield manifest("monitoring.coreos.com/v1", "PrometheusRule", meta, spec)

    @staticmethod
    def results(inputs: Plan) -> Names:
        """Return the alerts."""
        return Names(sorted({rule["alert"] for rules in _alert_groups(inputs).values() for rule in rules}))


def _alert_groups(plan: Plan) -> dict[str, list[Manifest]]:
    groups: dict[str, list[Manifest]] = {}
    for name, alert in plan.alerts.items():
        groups.setdefault(alert.group, []).append(rule(plan.name, name, alert))
    generated = {"targets.rules": list(absent_targets(plan)), "jobs.rules": list(late_jobs(plan))}
    return groups | {group: rules for group, rules in generated.items() if rules}


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


def late_jobs(plan: Plan) -> Iterator[Manifest]:
    """Yield an alert for every scheduled job: on a success that is overdue, and on a missing metric."""
    for job in plan.jobs.values():
        limit = late_after(job.spec)
        if limit is not None:
            found = rule(plan.name, *_late(job, limit))
            yield {**found, "labels": {**found["labels"], "workload": job.name}}


def _late(job: PlannedProcess[JobSpec], limit: int) -> tuple[str, Alert]:
    backup = job.spec.purpose == "backup"
    selector = f'{{namespace="{job.endpoint.namespace}",cronjob="{job.name}"}}'
    alert = Alert(
        expr=LATE.replace("{SELECTOR}", selector).replace("LIMIT", str(limit)),
        hold="10m",
        severity="critical" if backup else "warning",
        summary=f"the job {job.name} has not succeeded for longer than its schedule allows",
    )
    return "BackupLate" if backup else "JobLate", alert
