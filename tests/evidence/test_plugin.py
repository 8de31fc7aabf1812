"""The pytest hooks hold in a run of their own: reports, unknown ids, required needs and the order."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.evidence.plugin import required_need
from tools.ledger.ledger import Result, read_results

ROOT = Path(__file__).parents[2]
REPORT = "report.json"

SUITE = """
import pytest

@pytest.mark.oracle
@pytest.mark.demand("NET-01")
def test_oracle(): pass

@pytest.mark.demand("NET-02", "NET-03")
def test_fails(): assert False

@pytest.mark.demand("NET-04")
def test_skips(): pytest.skip("needs go: no compiler")

@pytest.fixture
def broken(): raise ValueError

@pytest.mark.demand("NET-05")
def test_has_a_broken_fixture(broken): pass

def test_without_demand(): pass
"""


def _run(folder: Path, suite: str, *args: str, require: str = "") -> subprocess.CompletedProcess[str]:
    (folder / "test_suite.py").write_text(suite, encoding="utf-8")
    (folder / "conftest.py").write_text("from tests.conftest import *\n", encoding="utf-8")
    options = ["-p", "xdist", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder), "-p", "no:cacheprovider"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, f"--demands-report={folder / REPORT}", *args, str(folder)],
        capture_output=True,
        check=False,
        cwd=folder,
        env=os.environ
        | {
            "QUADRANT_REQUIRE": require,
            "PYTHONPATH": str(ROOT),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        text=True,
        timeout=120,
    )


def _results(folder: Path) -> dict[str, Result]:
    return {result.test.partition("::")[2]: result for result in read_results(folder / REPORT)}


@pytest.mark.parametrize("workers", ["0", "2"])
def test_the_report_tells_each_tests_demands_and_outcome(workers: str, tmp_path: Path) -> None:
    run = _run(tmp_path, SUITE, "-n", workers)
    assert run.returncode == 1, run.stdout + run.stderr
    results = _results(tmp_path)
    outcomes = {name: result.outcome for name, result in results.items()}
    assert outcomes == {
        "test_oracle": "passed",
        "test_fails": "failed",
        "test_skips": "skipped",
        "test_has_a_broken_fixture": "failed",
    }, "every test with a demand is in the report, and only those"
    assert results["test_fails"].demands == ("NET-02", "NET-03"), "a test may prove several rows"
    assert results["test_skips"].reason == "needs go: no compiler", "the ledger shows why it was not run"


def test_a_required_need_turns_its_skip_into_a_failure(tmp_path: Path) -> None:
    run = _run(tmp_path, SUITE, "-k", "skips", require="lab, go")
    assert run.returncode == 1, "continuous integration must not pass by skipping"
    assert "QUADRANT_REQUIRE names 'go'" in run.stdout, "the message says why a skip failed"
    assert _results(tmp_path)["test_skips"].outcome == "failed", "the ledger hears the same"


def test_a_required_need_covers_modules_that_skip_themselves(tmp_path: Path) -> None:
    suite = "import pytest\npytest.skip('needs lab', allow_module_level=True)\n"
    run = _run(tmp_path, suite, require="lab")
    assert "QUADRANT_REQUIRE names 'lab'" in run.stdout, "a module's skip hides many tests at once"


@pytest.mark.parametrize("workers", ["0", "2"])
def test_an_unknown_demand_stops_the_run(workers: str, tmp_path: Path) -> None:
    suite = "import pytest\n\n@pytest.mark.demand('NET-999')\ndef test_x(): pass\n"
    run = _run(tmp_path, suite, "-n", workers)
    assert run.returncode != 0, "a mark that proves nothing must not pass"
    assert "1 error" in run.stdout, "an error of collection, not a failed test"
    assert "unknown demand NET-999" in run.stdout, "the message names the id"


def test_unit_tests_run_before_oracles(tmp_path: Path) -> None:
    run = _run(tmp_path, SUITE, "--collect-only", "-q")
    names = [line.partition("::")[2] for line in run.stdout.splitlines() if "::" in line]
    assert names[-1] == "test_oracle", "what is quick to fail comes first"


@pytest.mark.parametrize(
    ("reason", "required", "need"),
    [
        ("needs go: no compiler", "go", "go"),
        ("needs golang", "go", None),
        ("needs lab", "go,lab", "lab"),
        ("needs lab", "", None),
        ("needs lab", None, None),
        ("flaky", "go", None),
    ],
)
def test_only_a_reason_that_names_the_need_is_judged(reason: str, required: str | None, need: str | None) -> None:
    assert required_need(reason, required) == need, f"{reason!r} with {required!r} required"
