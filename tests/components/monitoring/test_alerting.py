"""Monitoring: declared alerts, and one for every target that falls silent."""

import re
from collections.abc import Iterator

import pytest

from quadrant_platform.components.monitoring.alerting import Monitoring
from quadrant_platform.model.expansion.plan import plan
from tests.components.sample import Manifest, environment, one, planned, shop
from tests.stacks import STACKS, of_kind

WATCHED = re.compile(r'namespace="([^"]+)",job="([^"]+)"')


def groups(stage: str = "prod") -> dict[str, list[Manifest]]:
    """The rules by group."""
    found = one(Monitoring.manifests(planned(stage)), "PrometheusRule")
    return {group["name"]: group["rules"] for group in found["spec"]["groups"]}


def test_a_declared_alert_is_a_rule_of_its_group() -> None:
    [found] = groups()["application.rules"]
    assert found["alert"] == "OrdersFailing", "the declared name"
    assert found["expr"] == "orders_failed > 0", "the declared expression"
    assert found["for"] == "5m", "the declared patience"
    assert found["labels"] == {"severity": "critical", "system": "shop"}, "who is called is decided by these"


def test_an_alert_without_patience_fires_at_once() -> None:
    [found] = groups()["site.rules"]
    assert "for" not in found, "zero is the default"


def test_an_alert_of_another_stage_is_left_out() -> None:
    assert "site.rules" not in groups("dev"), "it is prod's"


def test_every_alert_links_to_a_page_of_instructions() -> None:
    for rules in groups().values():
        for rule in rules:
            annotations = rule["annotations"]
            assert annotations["summary"], f"{rule['alert']}: the person on call reads this first"
            assert annotations["runbook_url"].startswith("docs/runbooks/"), f"{rule['alert']}: and this next"


def test_every_scraped_workload_is_missed_when_it_falls_silent() -> None:
    some = planned("prod")
    scraped = {pods.id.split("/")[1] for _, pods in some.topology.own() if pods.metrics}
    assert {rule["labels"]["workload"] for rule in groups()["targets.rules"]} == scraped, "silence is no good news"


@pytest.mark.parametrize(("system", "stage"), STACKS)
def test_a_workload_is_missed_under_the_job_that_its_monitor_gives_it(system: str, stage: str) -> None:
    """The job of what a ServiceMonitor finds is a label of the Service, that of a PodMonitor one of the pod."""
    jobs = set(_jobs(system, stage))
    [found] = of_kind(system, stage, "PrometheusRule")
    [missed] = [group["rules"] for group in found["spec"]["groups"] if group["name"] == "targets.rules"]
    assert jobs == {tuple(WATCHED.findall(rule["expr"])[-1]) for rule in missed}, "else absent for ever, or never"


def _jobs(system: str, stage: str) -> Iterator[tuple[str, str]]:
    for monitor in of_kind(system, stage, "ServiceMonitor", "PodMonitor"):
        spec, namespace = monitor["spec"], monitor["metadata"]["namespace"]
        wanted = spec["selector"]["matchLabels"]
        services = (found["metadata"] for found in of_kind(system, stage, "Service"))
        nearby = (meta["labels"] for meta in services if meta["namespace"] == namespace)
        scraped = [labels for labels in nearby if wanted.items() <= labels.items()]
        for labels in [wanted] if monitor["kind"] == "PodMonitor" else scraped:
            yield namespace, labels[spec["jobLabel"]]


def test_rules_have_the_labels_that_the_operator_selects_them_by() -> None:
    some = planned("prod", overrides={"monitoring": {"labels": {"release": "kube-prometheus-stack"}}})
    found = one(Monitoring.manifests(some), "PrometheusRule")
    assert found["metadata"]["labels"]["release"] == "kube-prometheus-stack", "else nothing evaluates them"


def test_every_scheduled_job_is_missed_when_it_is_late() -> None:
    [found] = groups()["jobs.rules"]
    assert (found["alert"], found["labels"]["workload"]) == ("JobLate", "cleanup"), "the one with a schedule"
    assert found["labels"]["severity"] == "warning", "a person looks at it by day"
    assert "jobs.rules" not in groups("dev"), "it is prod's"


def test_a_backup_that_is_late_wakes_somebody() -> None:
    some = planned("prod", {"jobs": {"cleanup": {"purpose": "backup"}}})
    found = one(Monitoring.manifests(some), "PrometheusRule")["spec"]["groups"]
    [rule] = next(group["rules"] for group in found if group["name"] == "jobs.rules")
    assert (rule["alert"], rule["labels"]["severity"]) == ("BackupLate", "critical"), "data may be lost from now on"


def test_an_absent_target_is_missed_as_well() -> None:
    for rule in groups()["targets.rules"]:
        assert "absent(" in rule["expr"], f"{rule['labels']['workload']}: no target, no number"


def test_a_system_without_targets_and_alerts_has_no_rules() -> None:
    system = shop().model_copy(update={
        "alerts": {}, "databases": {}, "external_databases": {}, "poolers": {}, "caches": {}, "brokers": {},
        "object_stores": {}, "external_apis": {}, "flows": (), "jobs": {},
        "services": {"web": shop().services["web"]}, "edge": shop().edge.model_copy(update={"routes": {}}),
    })  # fmt: skip
    assert list(Monitoring.manifests(plan(system, environment()))) == [], "an empty object would be noise"
