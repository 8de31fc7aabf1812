"""Reachability is computed from the NetworkPolicies, not from the rows."""

import json

import pytest

from quadrant.isolation import Isolation
from quadrant.recorder import record
from tests.quadrant.running import CONFIG, SAMPLE, STACK, Runner

pytestmark = pytest.mark.usefixtures("sample")
WEB, API = "sample-frontend/web", "sample-backend/api"


def test_the_allowed_pairs_are_sorted_rows(quadrant: Runner) -> None:
    result = quadrant("reach", *STACK, "--format", "json")
    rows = [tuple(row.values()) for row in json.loads(result.out)]
    assert result.code == 0
    assert rows == sorted(rows)
    assert ("internet", WEB, "TCP", 8080) in rows
    assert (WEB, API, "TCP", 8080) in rows
    assert len(rows) == 6, "exactly the rows of the matrix"


def test_people_get_a_table(quadrant: Runner) -> None:
    assert "8080/TCP" in quadrant("reach", *STACK).out


def test_an_allowed_pair_is_explained_by_its_row(quadrant: Runner) -> None:
    result = quadrant("reach", *STACK, "web", "api")
    assert result.code == 0
    assert f"{WEB} may reach {API} on 8080/TCP" in result.out
    assert "pages ask for data" in result.out, "the reason that was written into the flow table"


def test_a_refused_pair_is_an_exit_code_and_says_what_is_missing(quadrant: Runner) -> None:
    result = quadrant("reach", *STACK, API, WEB, "--format", "json")
    answer = json.loads(result.out)
    assert (result.code, answer["allowed"]) == (1, False)
    missing = " ".join(answer["missing"])
    assert "no row" in missing, "nobody asked for it"
    assert f"egress of {API}" in missing, "and both ends refuse"
    assert f"ingress of {WEB}" in missing


def test_the_direction_of_opening_counts(quadrant: Runner) -> None:
    assert [quadrant("reach", *STACK, *pair).code for pair in (("web", "api"), ("api", "web"))] == [0, 1]


def test_an_unknown_name_is_bad_input_with_the_nearest(quadrant: Runner) -> None:
    result = quadrant("reach", *STACK, "wep", "api")
    assert result.code == 2
    assert "did you mean 'web'?" in result.err


def test_two_ends_outside_are_not_for_us_to_judge(quadrant: Runner) -> None:
    assert quadrant("reach", *STACK, "internet", "kube-dns").code == 2


def test_a_policy_that_lost_its_rule_refuses_although_there_is_a_row() -> None:
    manifests = record(CONFIG, "dev", SAMPLE).manifests()
    policy = next(m for m in manifests if m["kind"] == "NetworkPolicy" and m["metadata"]["name"] == "api")
    policy["spec"]["ingress"] = []
    isolation = Isolation(manifests)
    [(_, verdict)] = isolation.verdicts(WEB, API)
    assert isolation.rows_between(WEB, API), "the matrix still says so"
    assert not verdict.allowed, "but the policies decide"
    assert (WEB, API, "TCP", 8080) not in isolation.edges
