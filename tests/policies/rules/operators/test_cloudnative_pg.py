"""Schedules of CloudNativePG are judged as its own parser reads them; its verdicts are recorded from `judge`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from quadrant_platform.policies.pack import check
from quadrant_platform.policies.rules.operators.cloudnative_pg import wrong_schedule
from tests.policies.builders import Manifest, obj

LINES = (Path(__file__).parent / "schedules.jsonl").read_text(encoding="utf-8").splitlines()
VERDICTS = [json.loads(line) for line in LINES]
FIELDS = 6


def test_the_record_holds_both_verdicts_in_numbers() -> None:
    refused = sum("error" in verdict for verdict in VERDICTS)
    assert min(refused, len(VERDICTS) - refused) >= FIELDS * 10, "else agreement would prove little"


def _has_five_fields(verdict: dict[str, Any]) -> bool:
    return len(verdict["schedule"].split()) == FIELDS - 1


def test_a_schedule_is_refused_where_the_operator_refuses_it() -> None:
    differing = [
        verdict for verdict in VERDICTS
        if bool(wrong_schedule(verdict["schedule"])) is not ("error" in verdict or _has_five_fields(verdict))
        and not verdict["schedule"].startswith("@every ")
    ]  # fmt: skip
    assert not differing, "five fields are taken by the operator, and are a mistake all the same"


def test_five_fields_run_at_other_times_than_they_say() -> None:
    [daily] = [verdict for verdict in VERDICTS if verdict["schedule"] == "0 2 * * *"]
    assert daily["next"] == ["2026-01-01T00:02:00Z", "2026-01-01T01:02:00Z"], "each hour, and not at two"
    assert "at other times" in wrong_schedule("0 2 * * *"), "so the policy says"


@pytest.mark.parametrize(("text", "fine"), [("@every 1h30m", True), ("@every 1d", False), ("@every", False)])
def test_an_interval_is_one_of_go(text: str, fine: bool) -> None:
    [verdict] = [one for one in VERDICTS if one["schedule"] == text]
    assert ("error" not in verdict) is fine, "the operator's own verdict"
    assert (not wrong_schedule(text)) is fine, "and the policy's"


def found(**spec: Any) -> set[str]:
    cluster: Manifest = obj("postgresql.cnpg.io/v1", "Cluster", "pg", spec=spec)
    return {one.policy for one in check([cluster]) if one.policy.startswith("cnpg-")}


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"instances": 3, "postgresql": {"synchronous": {"method": "any", "number": 2}}}, set()),
        ({"instances": 2, "postgresql": {"synchronous": {"method": "any", "number": 2}}}, {"cnpg-replication"}),
        ({"instances": 2, "postgresql": {"synchronous": {"number": 2, "standbyNamesPre": ["far"]}}}, set()),
        ({"instances": 3, "minSyncReplicas": 1, "maxSyncReplicas": 2}, set()),
        ({"instances": 3, "minSyncReplicas": 1, "maxSyncReplicas": 3}, {"cnpg-replication"}),
        ({"instances": 3, "minSyncReplicas": 2, "maxSyncReplicas": 1}, {"cnpg-replication"}),
        ({"instances": 1}, {"cnpg-single-instance"}),
        ({}, {"cnpg-single-instance"}),
        ({"instances": 1, "nodeMaintenanceWindow": {"inProgress": True}}, set()),
    ],
)
def test_a_cluster_has_the_standbys_that_it_asks_for(spec: Any, expected: set[str]) -> None:
    assert found(**spec) == expected, "as the operator's webhook and its budgets have it"


def test_a_cluster_of_another_group_is_not_judged() -> None:
    other = obj("cluster.x-k8s.io/v1beta1", "Cluster", "pg", spec={"instances": 1})
    assert not [one for one in check([other]) if one.policy.startswith("cnpg-")], "it is no database"
