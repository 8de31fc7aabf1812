"""`make demands` merges what is there, and fails where a required row is not proven."""

from pathlib import Path

import pytest

from tests.tools.ledger.results import report, result
from tools.ledger import __main__ as ledger
from tools.ledger import reports
from tools.ledger.demands import load_demands
from tools.ledger.reports import RunResult
from tools.ledger.standing import OPEN, REQUIRED_AREAS


@pytest.fixture(autouse=True)
def _no_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "AREAS", {})


def everything_required() -> RunResult:
    rows = [row for row in load_demands().values() if row.kind == "must" and row.area in REQUIRED_AREAS]
    return result("passed", *(f"{row.id} {check}" for row in rows if row.id not in OPEN for check in row.checks))


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ([], ""),
        ([result("passed", "NET-999 manifest")], "unknown demand NET-999"),
        ([result("failed", "OBS-01 live")], "OBS-01 is failed"),
    ],
)
def test_unknown_and_failed_rows_fail_the_ledger(
    extra: list[RunResult], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reports.write(report(everything_required(), *extra), tmp_path / "fast.json")
    status = ledger.main(tmp_path / "fast.json", tmp_path / "lab.json")
    assert status == int(bool(message)), "the exit status is for scripts"
    assert message in capsys.readouterr().err, "the message names the row"


def test_a_missing_required_row_fails_the_ledger(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reports.write(report(), tmp_path / "fast.json")
    assert ledger.main(tmp_path / "fast.json", tmp_path / "lab.json") == 1, "networks and workloads are required"
    assert "NET-01 is missing" in capsys.readouterr().err, "the message names the row"


def test_the_report_of_the_lab_counts_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reports.write(report(everything_required(), result("passed", "ING-10 manifest")), tmp_path / "fast.json")
    live = result("passed", "ING-10 live", test="tests/cluster/test_y.py::test_y")
    reports.write(report(live), tmp_path / "lab.json")
    assert ledger.main(tmp_path / "fast.json", tmp_path / "lab.json") == 0, "both are whole"
    proven = "proven        ING-10  tests/test_x.py::test_x, tests/cluster/test_y.py::test_y"
    assert proven in capsys.readouterr().out, "one half from each"


def test_an_absent_report_names_the_command_that_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ledger.main(tmp_path / "fast.json", tmp_path / "lab.json") == 1, "no report proves nothing"
    assert "make test" in capsys.readouterr().err, "the remedy is part of the message"
