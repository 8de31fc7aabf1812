"""The ledger lists which rows are proven, by what, and what the others lack."""

from tests.tools.ledger.results import report, result
from tools.ledger.demands import SYSTEM_OF_SEED, load_demands
from tools.ledger.reports import RunReport
from tools.ledger.standing import standings
from tools.ledger.text import report_lines

ROWS = load_demands()


def lines(*found: RunReport) -> list[str]:
    return list(report_lines(standings(ROWS, found)))


def line(name: str, *found: RunReport) -> str:
    return next(one for one in lines(*found) if f"  {name}" in one)


def test_a_proven_row_names_its_tests() -> None:
    proof = report(result("passed", "NET-01 manifest", test="tests/test_x.py::test_x[a]"))
    assert line("NET-01", proof) == "  proven        NET-01  tests/test_x.py::test_x", "a reader wants to look there"


def test_a_half_proven_row_says_which_half_is_missing() -> None:
    fast = report(result("passed", "ING-10 manifest"))
    assert line("ING-10", fast).endswith("manifest proven by tests/test_x.py::test_x; live missing"), "both halves"
    left = report(result("skipped", "ING-10 live", reason="needs lab: run `make test-lab`"))
    assert line("ING-10", fast, left).endswith("live not run here (needs lab: run `make test-lab`)"), "and the remedy"


def test_a_row_that_lacks_something_says_what() -> None:
    fast = report(result("passed", "NET-01 manifest: a fifth segment is not refused"))
    expected = "manifest by tests/test_x.py::test_x, but a fifth segment is not refused"
    assert line("NET-01", fast) == f"  partly        NET-01  {expected}", "the reason is in the mark"


def test_stale_and_missing_rows_are_told_apart() -> None:
    old = report(result("passed", "NET-01 manifest"), stale=True)
    assert line("NET-01", old) == "  stale         NET-01  manifest stale", "the test exists, its result is old"
    assert line("NET-02").startswith("  missing       NET-02  Segments backend"), "no test names it"


def test_every_system_has_its_areas_with_their_sums() -> None:
    found = lines(report(result("passed", "NET-01 manifest")))
    assert set(SYSTEM_OF_SEED.values()) <= set(found), "each of the five systems has a heading"
    (networks,) = (one for one in found if one.startswith(" NET (required): 19 must: 1 proven"))
    assert "18 missing" in networks, "the sums of motovault's networks"


def test_the_last_two_lines_are_the_scores() -> None:
    musts, targets = lines(report(result("passed", "NET-01 manifest")))[-2:]
    assert musts == "must rows: 332 in all, 1 proven, 0 partly, 0 failed, 0 stale, 0 not run here, 331 missing", "musts"
    assert targets.startswith("target rows: 51 in all, 0 proven"), "the goals that are measured, apart"
