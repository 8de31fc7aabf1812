"""Reachability is computed from the NetworkPolicies, not from the rows."""

import json

import pytest

from quadrant_platform.program.recorder import record
from quadrant_platform.program.traffic import Traffic
from tests.commands.running import CONFIG, SAMPLE, STACK, Runner

pytestmark = pytest.mark.usefixtures("sample")
WEB, API = "sample-frontend/web", "sample-backend/api"


def test_the_allowed_pairs_are_sorted_rows(quadrant: Runner) -> None:
    result = quadrant("reach", *STACK, "--format", "json")
    rows = [tuple(row.values()) for row in json.loads(result.out)]
    assert result.code == 0, "a listing is no verdict"
    assert rows == sorted(rows), "output can be compared from day to day"
    assert ("internet", WEB, "TCP", 8080) in rows, "users reach the web"
    assert (WEB, API, "TCP", 8080) in rows, "the web reaches the API"
    assert len(rows) == 6, "exactly the rows of the matrix"


def test_people_get_a_table(quadrant: Runner) -> None:
    assert "8080/TCP" in quadrant("reach", *STACK).out, "a port is written as people write it"


def test_an_allowed_pair_is_explained_by_its_row(quadrant: Runner) -> None:
    result = quadrant("reach", *STACK, "web", "api")
    assert result.code == 0, "0 means allowed"
    assert f"{WEB} may reach {API} on 8080/TCP" in result.out, "the sentence names both ends and the port"
    assert "pages ask for data" in result.out, "the reason that was written into the flow table"


def test_a_refused_pair_is_an_exit_code_and_names_what_is_missing(quadrant: Runner) -> None:
    result = quadrant("reach", *STACK, API, WEB, "--format", "json")
    answer = json.loads(result.out)
    assert (result.code, answer["allowed"]) == (1, False), "1 means refused"
    missing = " ".join(answer["missing"])
    assert "no row" in missing, "no row permits it"
    assert f"egress of {API}" in missing, "and both ends refuse"
    assert f"ingress of {WEB}" in missing, "the ingress of the target is closed too"


def test_the_direction_of_opening_counts(quadrant: Runner) -> None:
    assert [quadrant("reach", *STACK, *pair).code for pair in (("web", "api"), ("api", "web"))] == [0, 1], (
        "an answer needs no row of its own, a request does"
    )


def test_an_unknown_name_is_bad_input_with_the_nearest(quadrant: Runner) -> None:
    result = quadrant("reach", *STACK, "wep", "api")
    assert result.code == 2, "a name that does not exist is neither allowed nor refused"
    assert "did you mean 'web'?" in result.err, "a slip of the finger is recognised"


def test_two_unknown_names_are_reported_at_once(quadrant: Runner) -> None:
    message = quadrant("reach", *STACK, "wep", "appi").err
    assert ("did you mean 'web'?" in message, "did you mean 'api'?" in message) == (True, True), "one run reports both"


def test_two_ends_outside_are_not_for_us_to_judge(quadrant: Runner) -> None:
    assert quadrant("reach", *STACK, "internet", "kube-dns").code == 2, "no policy of ours holds either end"


def test_a_policy_that_lost_its_rule_refuses_although_there_is_a_row() -> None:
    manifests = record(CONFIG, "dev", SAMPLE).manifests()
    policy = next(m for m in manifests if m["kind"] == "NetworkPolicy" and m["metadata"]["name"] == "api")
    policy["spec"]["ingress"] = []
    traffic = Traffic(manifests)
    [(_, verdict)] = traffic.verdicts(WEB, API)
    assert traffic.rows_between(WEB, API), "the matrix still permits it"
    assert not verdict.allowed, "but the policies decide"
    assert (WEB, API, "TCP", 8080) not in traffic.connections, "and the listing agrees"
