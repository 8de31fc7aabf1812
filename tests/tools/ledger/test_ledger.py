"""The ledger says truly which demands are proven, and fails where a required one is not."""

from pathlib import Path

import pytest

from tools.ledger import ledger
from tools.ledger.ledger import Demand, Outcome, Result, State

ROWS = ledger.load_demands()


def _result(outcome: Outcome, *demands: str, test: str = "tests/test_x.py::test_x", reason: str = "") -> Result:
    return Result(test=test, demands=demands, outcome=outcome, reason=reason)


def _everything_required() -> list[Result]:
    names = [name for name, row in ROWS.items() if row.kind == "must" and row.area in ledger.REQUIRED_AREAS]
    return [_result("passed", *names)]


def test_every_demand_has_its_own_id() -> None:
    lines = ledger.DEMANDS.read_text(encoding="utf-8").splitlines()
    written = [line.removeprefix("- id: ") for line in lines if line.startswith("- id: ")]
    assert written == list(ROWS), "two rows with one id would hide each other"


def test_every_demand_belongs_to_a_known_system() -> None:
    systems = {system for row in ROWS.values() for system in row.systems}
    assert systems == set(ledger.SYSTEM_OF_SEED.values()), "the five systems all have demands and no other has"


def test_a_row_of_two_editions_of_motovault_belongs_to_both() -> None:
    row = Demand(id="NET-99", seeds=("000", "002"), demand="both", kind="must")
    assert row.systems == ("motovault-phase4", "motovault"), "the seed tells the edition"


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ((), "missing"),
        (("skipped",), "not run"),
        (("skipped", "passed"), "proven"),
        (("passed", "failed"), "failed"),
    ],
)
def test_a_failure_outweighs_a_proof_and_a_proof_a_skip(outcomes: tuple[Outcome, ...], state: State) -> None:
    results = [_result(outcome, "NET-01") for outcome in outcomes]
    assert ledger.standing(ROWS["NET-01"], results).state == state, f"{outcomes} should make it {state}"


def test_a_report_is_read_as_it_was_written(tmp_path: Path) -> None:
    results = [_result("passed", "NET-01"), _result("skipped", "NET-02", test="a", reason="needs go")]
    ledger.write_results(results, tmp_path / "new" / "report.json")
    assert ledger.read_results(tmp_path / "new" / "report.json") == results[::-1], "only the order is normalised"


def test_the_ledger_names_the_tests_that_prove_a_row() -> None:
    proof = [_result("passed", "NET-01", test="tests/test_x.py::test_x[a]")]
    rows = [ledger.standing(row, proof) for row in ROWS.values()]
    lines = list(ledger.report_lines(rows))
    assert "  proven   NET-01  tests/test_x.py::test_x" in lines, "a reader wants to know where to look"
    assert set(ledger.SYSTEM_OF_SEED.values()) <= set(lines), "each of the five systems has a heading"


def test_the_ledger_says_why_a_row_was_not_run_here() -> None:
    row = ledger.standing(ROWS["NET-01"], [_result("skipped", "NET-01", reason="needs lab")])
    assert any("(needs lab)" in line for line in ledger.report_lines([row])), "a skip needs its reason"


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ([], ""),
        ([_result("passed", "NET-999")], "unknown demand NET-999"),
        ([_result("failed", "OBS-01")], "OBS-01 is failed"),
    ],
)
def test_unknown_and_failed_rows_fail_the_ledger(
    extra: list[Result], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger.write_results(_everything_required() + extra, tmp_path / "report.json")
    status = ledger.main(tmp_path / "report.json")
    assert status == int(bool(said)), "the exit status tells the caller"
    assert said in capsys.readouterr().err, "the message names the row"


def test_a_missing_required_row_fails_the_ledger(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ledger.write_results([], tmp_path / "report.json")
    assert ledger.main(tmp_path / "report.json") == 1, "networks and workloads are the heart of the platform"
    assert "NET-01 is missing" in capsys.readouterr().err, "the message names the row"


def test_an_absent_report_names_the_command_that_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ledger.main(tmp_path / "report.json") == 1, "no report proves nothing"
    assert "make test" in capsys.readouterr().err, "the remedy is part of the message"
