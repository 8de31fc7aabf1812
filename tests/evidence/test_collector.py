"""`make prove AREA=<area>` runs the long proofs of one area, and keeps evidence of whole runs only."""

from pathlib import Path

import pytest

from tests.evidence.runs import REPORT, results, run
from tools.ledger.reports import read

SUITE = """
import pytest
pytestmark = pytest.mark.lab

@pytest.mark.prove("isolation", short=True)
@pytest.mark.demand("NET-24")
def test_short(): pass

@pytest.mark.prove("isolation")
@pytest.mark.demand("NET-26")
def test_long(figure): figure("packets", 12)

@pytest.mark.demand("ING-10")
def test_of_no_area(): pass
"""


def test_an_area_runs_its_long_and_its_short_proofs(tmp_path: Path) -> None:
    done = run(tmp_path, SUITE, "--prove=isolation")
    assert done.returncode == 0, done.stdout + done.stderr
    found = results(tmp_path)
    assert {name: one.outcome for name, one in found.items()} == {"test_short": "passed", "test_long": "passed"}, (
        "all of the area, and nothing else"
    )
    evidence = read(tmp_path / REPORT)
    assert evidence.rows == ("NET-24", "NET-26"), "what is proven, at a glance"
    assert found["test_long"].figures == {"packets": 12}, "with what was measured"
    assert not evidence.stale, "of the files as they are"


def test_every_other_run_leaves_long_proofs_out_and_names_their_command(tmp_path: Path) -> None:
    run(tmp_path, SUITE, "-m", "lab")
    found = results(tmp_path)
    assert (found["test_short"].outcome, found["test_of_no_area"].outcome) == ("passed", "passed"), "these are short"
    long = found["test_long"]
    assert (long.outcome, long.reason) == ("skipped", "run `make prove AREA=isolation`"), "the ledger names the remedy"


@pytest.mark.parametrize("broken", ["assert False", "pytest.skip('needs lab: no runc')"])
def test_a_run_that_does_not_pass_writes_no_evidence(broken: str, tmp_path: Path) -> None:
    done = run(tmp_path, SUITE.replace('figure("packets", 12)', broken), "--prove=isolation")
    assert not (tmp_path / REPORT).exists(), "evidence of earlier runs stays as it is"
    assert "not written" in done.stdout, "the user learns why"


@pytest.mark.parametrize("part", ["-k=long", "suite"])
def test_a_run_of_a_part_writes_no_evidence(part: str, tmp_path: Path) -> None:
    done = run(tmp_path, SUITE, "--prove=isolation", part)
    assert done.returncode == 0, "it may be run"
    assert not (tmp_path / REPORT).exists(), "but it is not the whole proof"


@pytest.mark.parametrize("name", ["", "isolatoin"])
def test_an_unknown_area_is_refused_with_the_list(name: str, tmp_path: Path) -> None:
    done = run(tmp_path, SUITE, f"--prove={name}")
    assert done.returncode == 4, "a wrong call"
    assert f"unknown area {name!r}: the areas are " in done.stderr, "what was asked for"
    assert "isolation" in done.stderr, "and what there is"


def test_an_area_is_not_proven_by_several_processes(tmp_path: Path) -> None:
    done = run(tmp_path, SUITE, "--prove=isolation", "-n", "2")
    assert done.returncode == 4, "they would disturb each other on one cluster"
    assert "leave out -n" in done.stderr, "the remedy"


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        ('prove("isolatoin")', "unknown area isolatoin: the areas are "),
        ("prove()", 'write it prove("AREA") or prove("AREA", short=True)'),
        ('prove("isolation", long=True)', 'write it prove("AREA") or prove("AREA", short=True)'),
    ],
)
def test_a_mark_of_no_area_stops_the_run(mark: str, message: str, tmp_path: Path) -> None:
    suite = f"import pytest\n\n@pytest.mark.lab\n@pytest.mark.{mark}\ndef test_x(): pass\n"
    done = run(tmp_path, suite)
    assert done.returncode != 0, "a proof that never runs must not pass"
    assert message in done.stdout, "the message names the mistake"
