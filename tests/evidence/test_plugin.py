"""The pytest hooks hold in a run of their own: reports, wrong marks, required needs, and the order."""

from pathlib import Path

import pytest

from tests.evidence.runs import results, run

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

@pytest.mark.lab
@pytest.mark.demand("ING-10")
def test_in_a_cluster(figure): figure("requests", 3)

def test_without_demand(): pass
"""


@pytest.mark.parametrize("workers", ["0", "2"])
def test_the_report_holds_the_claims_and_outcome_of_each_test(workers: str, tmp_path: Path) -> None:
    done = run(tmp_path, SUITE, "-n", workers)
    assert done.returncode == 1, done.stdout + done.stderr
    found = results(tmp_path)
    outcomes = {name: result.outcome for name, result in found.items()}
    assert outcomes == {
        "test_oracle": "passed",
        "test_fails": "failed",
        "test_skips": "skipped",
        "test_has_a_broken_fixture": "failed",
        "test_in_a_cluster": "passed",
    }, "every test with a demand is in the report, and only those"
    assert found["test_fails"].claims == ("NET-02 reachability", "NET-03 manifest"), "a test may prove several rows"
    assert found["test_in_a_cluster"].claims == ("ING-10 live",), "a test in a cluster proves the live half"
    assert found["test_in_a_cluster"].figures == {"requests": 3}, "what it measured is kept"
    assert found["test_skips"].reason == "needs go: no compiler", "the ledger shows why it was not run"


@pytest.mark.parametrize("workers", ["0", "2"])
def test_tests_in_a_cluster_that_a_run_leaves_out_are_in_its_report(workers: str, tmp_path: Path) -> None:
    run(tmp_path, SUITE, "-n", workers, "-m", "not lab and not oracle")
    left = results(tmp_path)["test_in_a_cluster"]
    assert (left.outcome, left.reason) == ("skipped", "needs lab: run `make test-lab`"), "the ledger names the remedy"
    assert "test_oracle" not in results(tmp_path), "other tests are just not there"


def test_a_required_need_turns_its_skip_into_a_failure(tmp_path: Path) -> None:
    done = run(tmp_path, SUITE, "-k", "skips", require="lab, go")
    assert done.returncode == 1, "continuous integration must not pass by skipping"
    assert "QUADRANT_REQUIRE names 'go'" in done.stdout, "the message gives the reason why a skip failed"
    assert results(tmp_path)["test_skips"].outcome == "failed", "and so does the report"


def test_a_required_need_covers_modules_that_skip_themselves(tmp_path: Path) -> None:
    suite = "import pytest\npytest.skip('needs lab', allow_module_level=True)\n"
    done = run(tmp_path, suite, require="lab")
    assert "QUADRANT_REQUIRE names 'lab'" in done.stdout, "a module's skip hides many tests at once"


@pytest.mark.parametrize(
    ("mark", "message", "workers"),
    [
        ("demand('NET-999')", "unknown demand NET-999", "0"),
        ("demand('NET-999')", "unknown demand NET-999", "2"),
        ("demand('ING-12')", "ING-12 asks for live evidence", "0"),
        ("demand('NET-01', kind='manifest')", "demand takes ids, check= and partly=, not kind", "0"),
        ("prove('isolation')", "prove is for tests that need a cluster", "0"),
    ],
)
def test_a_wrong_mark_stops_the_run(mark: str, message: str, workers: str, tmp_path: Path) -> None:
    done = run(tmp_path, f"import pytest\n\n@pytest.mark.{mark}\ndef test_x(): pass\n", "-n", workers)
    assert done.returncode != 0, "a mark that proves nothing must not pass"
    assert "1 error" in done.stdout, "an error of collection, not a failed test"
    assert message in done.stdout, "the message names the row and the remedy"


def test_unit_tests_run_before_oracles_and_those_before_the_lab(tmp_path: Path) -> None:
    done = run(tmp_path, SUITE, "--collect-only", "-q")
    names = [line.partition("::")[2] for line in done.stdout.splitlines() if "::" in line]
    assert names[-2:] == ["test_oracle", "test_in_a_cluster"], "what is quick to fail comes first"
