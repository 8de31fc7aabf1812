"""Gathers what became of the tests that name demands, and writes the report."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.evidence.skips import skip_reason
from tools.ledger import areas, reports
from tools.ledger.areas import Area
from tools.ledger.reports import RunResult

CLAIM = "claim"
FIGURE = "figure:"
LEFT_OUT = pytest.StashKey[list[RunResult]]()
"""Tests that this process left out, although they claim something."""
EXPECTED = pytest.StashKey[set[str]]()
"""The tests of the area that this run is to prove."""
WORKER = "left_out"
"""Where a worker leaves what it left out for the process that gathers."""


class Collector:
    """The gathering of one run; it lives where reports arrive, never in a worker."""

    def __init__(self, config: pytest.Config, path: Path, area: Area | None) -> None:
        self.config, self.path, self.area = config, path, area
        self.results: dict[str, RunResult] = {}
        self.begun = time.monotonic()
        self.written = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in one phase of a test; the first failure stays."""
        claims = tuple(str(value) for name, value in report.user_properties if name == CLAIM)
        if not (claims or self.area) or (report.when != "call" and report.passed):
            return
        known = self.results.get(report.nodeid)
        if known and known.outcome == "failed":
            return
        self.results[report.nodeid] = RunResult(
            test=report.nodeid,
            claims=claims,
            outcome=report.outcome,
            reason=skip_reason(report) if report.skipped else "",
            figures=dict(_figures(report)),
        )

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take in what a worker left out; all leave out the same."""
        self._add_left_out(RunResult.model_validate(one) for one in getattr(node, "workeroutput", {}).get(WORKER, ()))

    def pytest_sessionfinish(self) -> None:
        """Write the report; that of an area only if all its tests passed, so that no run destroys evidence."""
        self.written = not self.area or self._is_whole()
        if self.written:
            self._add_left_out(self.config.stash.get(LEFT_OUT, []))
            covers = self.area.inputs if self.area else areas.EVERYTHING
            made = reports.made(self.results.values(), covers, time.monotonic() - self.begun)
            reports.write(made, self.path)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where the evidence of an area is, or why there is none."""
        if self.area and self.written:
            terminalreporter.write_line(f"evidence of {self.area.name}: {self.path}")
        elif self.area:
            terminalreporter.write_line(
                f"evidence of {self.area.name}: not written, since not every one of its tests ran and passed", red=True
            )

    def _is_whole(self) -> bool:
        passed = {test for test, result in self.results.items() if result.outcome == "passed"}
        all_collected = self.config.args_source is not pytest.Config.ArgsSource.ARGS
        return all_collected and bool(passed) and passed == self.config.stash.get(EXPECTED, set())

    def _add_left_out(self, results: Any) -> None:
        for result in results:
            self.results.setdefault(result.test, result)


def _figures(report: pytest.TestReport) -> Iterator[tuple[str, int | float | str]]:
    for name, value in report.user_properties:
        if name.startswith(FIGURE) and isinstance(value, int | float | str):
            yield name.removeprefix(FIGURE), value
