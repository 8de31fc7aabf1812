"""Prometheus evaluates the generated alerts on scheduled jobs: they fire when a run is late, and only then."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quadrant_platform.components.monitoring.alerting import Monitoring
from tests.components.sample import Changes, one, planned
from tests.oracles.prometheus.promtool import Case, judge, program
from tests.stacks import STACKS, of_kind

pytestmark = pytest.mark.oracle

DAY = 288
"""Samples in a day."""
NIGHTLY: Changes = {"schedule": "0 2 * * *", "timezone": "Etc/UTC", "deadline": "30m"}
LAST = "kube_cronjob_status_last_successful_time"


@pytest.fixture(autouse=True)
def _promtool() -> None:
    if not program().exists():
        pytest.skip("needs go: promtool is not built, run `make oracles` with go on the PATH")


def rules(changes: Changes) -> list[dict[str, Any]]:
    """The groups of the shop, whose one scheduled job is changed."""
    manifests = Monitoring.manifests(planned("prod", {"jobs": {"cleanup": {"purpose": "backup", **changes}}}))
    groups: list[dict[str, Any]] = one(manifests, "PrometheusRule")["spec"]["groups"]
    return [group for group in groups if group["name"] == "jobs.rules"]


def series(job: tuple[str, str], **values: str) -> dict[str, str]:
    """What kube-state-metrics says of a job; it exists from the beginning, and runs."""
    known = {"kube_cronjob_created": f"0x{8 * DAY}", "kube_cronjob_spec_suspend": f"0x{8 * DAY}"} | values
    labels = f'{{namespace="{job[0]}",cronjob="{job[1]}"}}'
    return {f"{name}{labels}": text for name, text in known.items()}


DUMP = ("shop-database", "cleanup")
NIGHTS = f"_x24 7800x{DAY - 1} 94200x{DAY - 1} 180600x{4 * DAY}"
"""Successes at 02:10 of three nights, and none afterwards."""
CASES = {
    "newly created": Case(series(DUMP), "24h", ()),
    "never succeeded": Case(series(DUMP), "26h", ["cleanup"]),
    "never succeeded, and nobody looked for days": Case(series(DUMP), "72h", ["cleanup"]),
    "succeeding": Case(series(DUMP, **{LAST: NIGHTS}), "72h", ()),
    "succeeded, and the next night has not come": Case(series(DUMP, **{LAST: NIGHTS}), "74h", ()),
    "succeeded long ago": Case(series(DUMP, **{LAST: NIGHTS}), "77h", ["cleanup"]),
    "suspended": Case(series(DUMP, kube_cronjob_spec_suspend=f"1x{8 * DAY}"), "120h", ()),
    "resumed a moment ago": Case(series(DUMP, kube_cronjob_spec_suspend=f"1x{3 * DAY} 0x{3 * DAY}"), "73h", ()),
    "resumed, and late again": Case(
        series(DUMP, kube_cronjob_spec_suspend=f"1x{3 * DAY} 0x{3 * DAY}"), "99h", ["cleanup"]
    ),
    "known to nobody": Case({"up": f"1x{DAY}"}, "2h", ["cleanup"]),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_nightly_job_is_late_when_a_night_went_by_without_a_success(case: Case, tmp_path: Path) -> None:
    assert not judge(rules(NIGHTLY), "BackupLate", [case], tmp_path), "by Prometheus' own reading of the rule"


@pytest.mark.parametrize(
    ("changes", "silent", "firing"),
    [
        ({"schedule": "*/10 * * * *", "deadline": "5m"}, "20m", "90m"),
        ({"schedule": "0 4 * * 0", "deadline": "1h"}, "169h", "171h"),
        ({"schedule": "30 2 * * *", "timezone": "Europe/Berlin", "deadline": "10m"}, "47h", "49h"),
        ({"schedule": "30 2 * * *", "lateAfter": "26h"}, "26h", "27h"),
    ],
    ids=["every ten minutes", "on Sundays", "at an hour that one night in spring lacks", "as declared"],
)
def test_the_limit_follows_from_the_schedule(changes: Changes, silent: str, firing: str, tmp_path: Path) -> None:
    cases = [Case(series(DUMP), silent, ()), Case(series(DUMP), firing, ["cleanup"])]
    assert not judge(rules(changes), "BackupLate", cases, tmp_path), "the longest time between two runs counts"


@pytest.mark.parametrize(("system", "stage"), STACKS)
def test_every_scheduled_job_of_a_stack_is_missed_when_it_never_succeeds(
    system: str, stage: str, tmp_path: Path
) -> None:
    jobs = [(cron["metadata"], cron["spec"]["jobTemplate"]) for cron in of_kind(system, stage, "CronJob")]
    [found] = of_kind(system, stage, "PrometheusRule")
    for alert, purposes in (("BackupLate", {"backup"}), ("JobLate", {"maintenance", "migration"})):
        metas = [meta for meta, run in jobs if run["metadata"]["labels"]["quadrant.dev/purpose"] in purposes]
        never = _joined(series((meta["namespace"], meta["name"])) for meta in metas)
        always = _joined(series((meta["namespace"], meta["name"]), **{LAST: f"0+300x{8 * DAY}"}) for meta in metas)
        groups = [group for group in found["spec"]["groups"] if group["name"] == "jobs.rules"]
        names = sorted(meta["name"] for meta in metas)
        cases = [Case(never, "180h", names), Case(always, "180h", ())] if groups else []
        assert bool(groups) == bool(jobs), "there is a rule where there is a schedule"
        assert not judge(groups, alert, cases, tmp_path) if cases else True, "each is missed by itself"


def _joined(parts: Iterator[dict[str, str]]) -> dict[str, str]:
    return {name: values for part in parts for name, values in part.items()}
