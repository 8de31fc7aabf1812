"""The state of a row follows from the evidence of each kind that it asks for."""

import pytest

from tests.tools.ledger.results import report, result
from tools.ledger.demands import Demand
from tools.ledger.reports import Outcome, RunReport
from tools.ledger.standing import OPEN, Standing, State, standings

HALF = Demand(id="ING-99", seeds=("002",), demand="both", check="manifest: a field; live: an answer", kind="must")
WHOLE = Demand(id="NET-99", seeds=("002",), demand="one", check="reachability: an edge", kind="must")


def standing(demand: Demand, *found: RunReport) -> Standing:
    (one,) = standings({demand.id: demand}, found)
    return one


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ((), "missing"),
        (("skipped",), "not run here"),
        (("skipped", "passed"), "proven"),
        (("passed", "failed"), "failed"),
    ],
)
def test_a_failure_outweighs_a_proof_and_a_proof_a_skip(outcomes: tuple[Outcome, ...], state: State) -> None:
    results = [result(outcome, "NET-99 reachability") for outcome in outcomes]
    assert standing(WHOLE, report(*results)).state == state, f"{outcomes} should make it {state}"


@pytest.mark.parametrize(
    ("claims", "state"),
    [
        (["ING-99 manifest"], "partly"),
        (["ING-99 live"], "partly"),
        (["ING-99 manifest", "ING-99 live"], "proven"),
        (["ING-99 manifest: nothing reads it", "ING-99 live"], "partly"),
        (["ING-99 policy"], "missing"),
    ],
)
def test_a_row_is_proven_by_all_kinds_that_it_asks_for(claims: list[str], state: State) -> None:
    assert standing(HALF, report(result("passed", *claims))).state == state, f"{claims} should make it {state}"


def test_a_whole_proof_counts_more_than_one_that_lacks_something() -> None:
    lacking, whole = "NET-99 reachability: no request is sent", "NET-99 reachability"
    assert standing(WHOLE, report(result("passed", lacking))).state == "partly", "the row asks for more"
    assert standing(WHOLE, report(result("passed", lacking), result("passed", whole))).state == "proven", "which is it"


def test_stale_evidence_counts_until_it_is_renewed() -> None:
    old = report(result("passed", "ING-99 live"), stale=True)
    assert standing(HALF, old).state == "stale", "what was proven has changed since"
    fresh = report(result("passed", "ING-99 manifest"), result("passed", "ING-99 live"))
    assert standing(HALF, old, fresh).state == "proven", "a later run may prove it again"
    half = report(result("passed", "ING-99 manifest"))
    evidence = {one.check: one.state for one in standing(HALF, old, half).evidence}
    assert evidence == {"manifest": "proven", "live": "stale"}, "each half is judged by itself"


def test_an_old_failure_is_stale_too() -> None:
    assert standing(WHOLE, report(result("failed", "NET-99 reachability"), stale=True)).state == "stale", (
        "it may be mended by now"
    )


def test_the_run_that_was_to_execute_a_test_gives_the_reason() -> None:
    fast = report(result("skipped", "NET-99 reachability", reason="needs lab: run `make test-lab`"))
    lab = report(result("skipped", "NET-99 reachability", reason="needs lab: no runc"))
    (evidence,) = standing(WHOLE, fast, lab).evidence
    assert evidence.reason == "needs lab: no runc", "the lab's own report is later and gives the reason"


def test_a_missing_row_of_a_required_area_is_a_problem() -> None:
    assert "NET-99 is missing" in str(standing(WHOLE).problem), "networks and workloads are the heart of the platform"
    assert standing(HALF).problem is None, "other rows may stay open"
    target = WHOLE.model_copy(update={"kind": "target"})
    assert standing(target).problem is None, "and so may targets"


def test_an_open_row_is_no_problem_until_it_is_proven() -> None:
    name = min(OPEN)
    row = WHOLE.model_copy(update={"id": name})
    assert standing(row).problem is None, "its part of the platform is not built"
    proof = report(result("passed", f"{name} reachability"))
    assert "take it off the list" in str(standing(row, proof).problem), "the list only shrinks"
