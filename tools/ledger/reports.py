"""The report of a test run: what it claims, what became of it, the figures that it measured, and what it covers."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from tools.ledger import areas
from tools.ledger.claims import parse

Outcome = Literal["passed", "failed", "skipped"]


class RunResult(BaseModel):
    """What became of one test that names demands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    test: str
    claims: tuple[str, ...] = ()
    outcome: Outcome
    reason: str = ""
    figures: dict[str, int | float | str] = {}


class RunReport(BaseModel):
    """One run: the hash holds as long as none of the files changes that the patterns match."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    commit: str = ""
    covers: tuple[str, ...] = ()
    digest: str = ""
    seconds: int = 0
    rows: tuple[str, ...] = ()
    tests: tuple[RunResult, ...] = ()

    @property
    def stale(self) -> bool:
        """Return whether something that the report covers changed after the run."""
        return areas.digest(self.covers) != self.digest


def made(results: Iterable[RunResult], covers: Sequence[str], seconds: float = 0) -> RunReport:
    """Return the report of a run that just ended, in a stable order."""
    tests = tuple(sorted(results, key=lambda one: one.test))
    rows = sorted({parse(claim).demand for one in tests if one.outcome == "passed" for claim in one.claims})
    return RunReport(
        commit=areas.commit(),
        covers=tuple(covers),
        digest=areas.digest(covers),
        seconds=round(seconds),
        rows=tuple(rows),
        tests=tests,
    )


def write(report: RunReport, path: Path) -> None:
    """Write a report, so that two runs with the same results differ as little as possible."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps(report.model_dump(mode="json", exclude_defaults=True), indent=1) + "\n", encoding="utf-8"
    )


def read(path: Path) -> RunReport:
    """Return the report that `write` wrote."""
    return RunReport.model_validate_json(path.read_text(encoding="utf-8"))
