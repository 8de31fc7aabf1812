"""The state of each row: judged by the evidence of every kind that it asks for."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from tools.ledger.claims import Claim, parse
from tools.ledger.demands import Demand
from tools.ledger.reports import RunReport, RunResult

State = Literal["proven", "partly", "failed", "stale", "not run here", "missing"]
REQUIRED_AREAS = frozenset({"NET", "WRK"})
"""The heart of the platform: a row of these that no test names fails the ledger."""
OPEN = frozenset({"WRK-32", "WRK-41", "WRK-42"})
"""Rows of those areas whose proof waits for a part of the platform that is not built."""


class Evidence(BaseModel):
    """The results of the tests for one kind of evidence and one row."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    check: str
    state: State
    tests: tuple[str, ...] = ()
    reason: str = ""


class Standing(BaseModel):
    """The state of one row, with the evidence of each kind that it asks for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    demand: Demand
    evidence: tuple[Evidence, ...]

    @property
    def state(self) -> State:
        """Return the state of the whole row: the state of all kinds where they agree, else what they amount to."""
        states = [one.state for one in self.evidence]
        if "failed" in states or len(set(states)) == 1:
            return "failed" if "failed" in states else states[0]
        if {"proven", "partly"} & set(states):
            return "partly"
        return next(state for state in ("stale", "not run here") if state in states)

    @property
    def problem(self) -> str | None:
        """Return why the row fails the ledger, if it does."""
        required = self.demand.kind == "must" and self.demand.area in REQUIRED_AREAS
        if self.state == "failed" or (required and self.state == "missing" and self.demand.id not in OPEN):
            return f"{self.demand.id} is {self.state}: {self.demand.demand}"
        if self.demand.id in OPEN and self.state == "proven":
            return f"{self.demand.id} is proven: take it off the list of open rows"
        return None


def standings(demands: Mapping[str, Demand], reports: Iterable[RunReport]) -> list[Standing]:
    """Judge all rows by the tests of all reports."""
    found: dict[tuple[str, str], list[Evidence]] = {}
    for report in reports:
        stale = report.stale
        for result in report.tests:
            for claim in map(parse, result.claims):
                state = _state(result, claim, stale)
                one = Evidence(
                    check=claim.check, state=state, tests=(result.test,), reason=claim.lacks or result.reason
                )
                found.setdefault((claim.demand, claim.check), []).append(one)
    return [
        Standing(demand=row, evidence=tuple(_judge(check, found.get((row.id, check), ())) for check in row.checks))
        for row in demands.values()
    ]


def _state(result: RunResult, claim: Claim, stale: bool) -> State:
    if result.outcome == "skipped":
        return "not run here"
    if stale:
        return "stale"
    if result.outcome == "failed":
        return "failed"
    return "partly" if claim.lacks else "proven"


def _judge(check: str, found: Sequence[Evidence]) -> Evidence:
    """Judge one kind: a failure outweighs any proof, a whole proof those that lack something, stale or not run."""
    order: tuple[State, ...] = ("failed", "proven", "partly", "stale", "not run here")
    for state in order:
        these = [one for one in found if one.state == state]
        if these:
            names = dict.fromkeys(test.partition("[")[0] for one in these for test in one.tests)
            # The last report is that of the run which was meant to execute the test.
            return Evidence(check=check, state=state, tests=tuple(names), reason=these[-1].reason)
    return Evidence(check=check, state="missing")
