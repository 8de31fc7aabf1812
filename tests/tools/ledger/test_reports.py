"""A report is read as it was written, and the committed ones are whole."""

from pathlib import Path

import pytest

from tests.tools.ledger.results import PATTERNS, report, result
from tools.ledger import reports
from tools.ledger.areas import AREAS, MINUTES


def test_a_report_is_read_as_it_was_written(tmp_path: Path) -> None:
    results = [
        result("skipped", "NET-02 reachability", test="b", reason="needs go"),
        result("passed", "NET-01 manifest", test="a").model_copy(update={"figures": {"pause_s": 1.5}}),
    ]
    one = reports.made(results, PATTERNS, seconds=12.4)
    reports.write(one, tmp_path / "new" / "report.json")
    assert reports.read(tmp_path / "new" / "report.json") == one, "figures, reasons and all"
    assert [test.test for test in one.tests] == ["a", "b"], "in an order that does not depend on the run"
    assert (one.rows, one.seconds) == (("NET-01",), 12), "the rows that passing tests prove, at a glance"
    assert not one.stale, "nothing has changed since"


def test_a_report_whose_files_changed_is_stale() -> None:
    assert report(stale=True).stale, "the hash no longer holds"


@pytest.mark.parametrize("name", AREAS)
def test_committed_evidence_is_of_a_whole_run_within_its_time(name: str) -> None:
    path = AREAS[name].report
    if path.exists():
        found = reports.read(path)
        assert {one.outcome for one in found.tests} == {"passed"}, "a failed run is no evidence"
        assert found.covers == AREAS[name].inputs, "what it covers is what the area depends on now"
        assert 0 < found.seconds <= MINUTES * 60, "an area that takes longer is two areas"
