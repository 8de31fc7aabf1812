"""Which skips count as failures: those whose need this run must have."""

import os
import re

import pytest

REQUIRE = "QUADRANT_REQUIRE"


def skip_reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Return why a report was skipped, without pytest's own prefix."""
    place = report.longrepr
    text = str(place[2]) if isinstance(place, tuple | list) else str(place)
    return text.removeprefix("Skipped: ")


def required_need(reason: str, required: str | None) -> str | None:
    """Return the need that a skip's reason names and that this run must have.

    A reason names its need first: "needs go: cyclonus is not built". `required` is a comma list.
    """
    for need in filter(None, (part.strip() for part in (required or "").split(","))):
        if re.match(rf"needs {re.escape(need)}\b", reason):
            return need
    return None


def forbid_required_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure if the run requires what it needs."""
    if not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = skip_reason(report)
    need = required_need(reason, os.environ.get(REQUIRE))
    if need:
        report.outcome = "failed"
        report.longrepr = f"{REQUIRE} names {need!r}, so this test must run, but it was skipped: {reason}"
