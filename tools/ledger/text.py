"""The ledger as text: per system, per area, one line a row, and the sums of musts and targets."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import get_args

from tools.ledger.demands import SYSTEM_OF_SEED
from tools.ledger.standing import REQUIRED_AREAS, Evidence, Standing, State


def report_lines(rows: Sequence[Standing]) -> Iterator[str]:
    """Yield the ledger, the two lines of sums last."""
    for system in SYSTEM_OF_SEED.values():
        yield system
        mine = [row for row in rows if system in row.demand.systems]
        for area in dict.fromkeys(row.demand.area for row in mine):
            yield from _area_lines(area, [row for row in mine if row.demand.area == area])
    for kind in ("must", "target"):
        these = [row for row in rows if row.demand.kind == kind]
        yield f"{kind} rows: {len(these)} in all, {_counts(these, zeros=True)}"


def _area_lines(area: str, rows: Sequence[Standing]) -> Iterator[str]:
    required = " (required)" if area in REQUIRED_AREAS else ""
    kinds = {kind: [row for row in rows if row.demand.kind == kind] for kind in ("must", "target")}
    sums = [f"{len(these)} {kind}: {_counts(these)}" for kind, these in kinds.items() if these]
    yield f" {area}{required}: {'; '.join(sums) or 'notes alone'}"
    # A note needs no proof, so it has a line only if a test names it.
    yield from (_describe(row) for row in rows if row.demand.kind != "note" or row.state != "missing")


def _counts(rows: Sequence[Standing], zeros: bool = False) -> str:
    counts = Counter(row.state for row in rows)
    states: tuple[State, ...] = get_args(State)
    return ", ".join(f"{counts[state]} {state}" for state in states if zeros or counts[state])


def _describe(row: Standing) -> str:
    kind = "" if row.demand.kind == "must" else f" [{row.demand.kind}]"
    start = f"  {row.state:<12}  {row.demand.id}{kind}"
    if row.state == "missing":
        return f"{start}  {row.demand.demand}"
    if row.state in ("proven", "failed"):
        tests = dict.fromkeys(test for one in row.evidence if one.state == row.state for test in one.tests)
        return f"{start}  {', '.join(tests)}"
    return f"{start}  {'; '.join(map(_half, row.evidence))}"


def _half(one: Evidence) -> str:
    """Describe the evidence of one kind."""
    if one.state == "proven":
        return f"{one.check} proven by {', '.join(one.tests)}"
    if one.state == "partly":
        return f"{one.check} by {', '.join(one.tests)}, but {one.reason}"
    reason = f" ({one.reason})" if one.reason else ""
    return f"{one.check} {one.state}{reason}"
