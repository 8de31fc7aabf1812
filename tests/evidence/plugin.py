"""The pytest side of the demand ledger: who proves what, and which skips count as failures."""

import os
import re
from collections.abc import Generator, Iterable
from pathlib import Path

import pytest

from tools.ledger.ledger import Result, load_demands, unknown_ids, write_results

REQUIRE = "QUADRANT_REQUIRE"
PROPERTY = "demand"


def demand_ids(item: pytest.Item) -> list[str]:
    """Return the ids that an item's `demand` marks name, sorted."""
    return sorted({str(name) for mark in item.iter_markers("demand") for name in mark.args})


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
    """Turn a skip into a failure if the run says that what it needs is there."""
    if not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = skip_reason(report)
    need = required_need(reason, os.environ.get(REQUIRE))
    if need:
        report.outcome = "failed"
        report.longrepr = f"{REQUIRE} names {need!r}, so this test must run, but it was skipped: {reason}"


def forbid_unknown_demands(report: pytest.CollectReport) -> None:
    """Turn the collection of tests that name unknown demands into an error, which stops the run."""
    named: Iterable[str] = (
        name for node in report.result or () if isinstance(node, pytest.Item) for name in demand_ids(node)
    )
    unknown = unknown_ids(named, load_demands())
    if unknown:
        report.outcome = "failed"
        report.longrepr = f"unknown demand {', '.join(unknown)}: use an id of tests/demands.yaml"
        report.result = []


class Collector:
    """Gathers the outcome of every test that names demands; lives where reports arrive, never in a worker."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.results: dict[str, Result] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        ids = tuple(str(value) for name, value in report.user_properties if name == PROPERTY)
        if not ids or (report.when != "call" and report.passed):
            return
        known = self.results.get(report.nodeid)
        if known and known.outcome == "failed":
            return
        reason = skip_reason(report) if report.skipped else ""
        self.results[report.nodeid] = Result(test=report.nodeid, demands=ids, outcome=report.outcome, reason=reason)

    def pytest_sessionfinish(self) -> None:
        write_results(self.results.values(), self.path)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that asks for the report, so that a partial run does not overwrite it."""
    parser.addoption("--demands-report", type=Path, metavar="FILE", help="write which test proves which demand")


def pytest_configure(config: pytest.Config) -> None:
    """Start the collector in the one process that hears of all tests."""
    path: Path | None = config.getoption("--demands-report")
    if path and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Collector(path), "demands-report")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run unit tests before oracles and those before the lab; hand each test's ids to its reports."""
    items.sort(key=lambda item: (bool(item.get_closest_marker("lab")), bool(item.get_closest_marker("oracle"))))
    for item in items:
        item.user_properties.extend((PROPERTY, name) for name in demand_ids(item))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Judge the collection of a module."""
    report = yield
    forbid_required_skip(report)
    forbid_unknown_demands(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Judge one phase of a test."""
    report = yield
    forbid_required_skip(report)
    return report
