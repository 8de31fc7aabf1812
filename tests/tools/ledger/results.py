"""Results and reports as a run would leave them."""

from tools.ledger import areas
from tools.ledger.reports import Outcome, RunReport, RunResult

PATTERNS = ("pyproject.toml",)


def result(outcome: Outcome, *claims: str, test: str = "tests/test_x.py::test_x", reason: str = "") -> RunResult:
    """Return what became of one test."""
    return RunResult(test=test, claims=claims, outcome=outcome, reason=reason)


def report(*results: RunResult, stale: bool = False) -> RunReport:
    """Return the report of a run, since which the files have changed or not."""
    return RunReport(covers=PATTERNS, digest="sha256:of old" if stale else areas.digest(PATTERNS), tests=results)
