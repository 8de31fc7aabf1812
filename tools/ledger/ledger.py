"""The demand ledger: which rows of tests/demands.yaml the last full run proved, and by which tests."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

DEMANDS = Path(__file__).parents[2] / "tests" / "demands.yaml"
REPORT = Path(".quadrant/demands-report.json")
REQUIRED_AREAS = frozenset({"NET", "WRK"})
SYSTEM_OF_SEED = {
    "000": "motovault-phase4",
    "001": "pinky-promise",
    "002": "motovault",
    "003": "carbon254",
    "004": "agents",
}

Outcome = Literal["passed", "failed", "skipped"]
State = Literal["proven", "failed", "not run", "missing"]


class Demand(BaseModel):
    """One row of the ledger; what it demands in detail is read by the tests themselves."""

    model_config = ConfigDict(frozen=True)

    id: str
    seeds: tuple[str, ...]
    demand: str
    kind: Literal["must", "target", "note"]

    @property
    def area(self) -> str:
        """Return the area that the id begins with."""
        return self.id.split("-", maxsplit=1)[0]

    @property
    def systems(self) -> tuple[str, ...]:
        """Return the systems whose plans ask for it."""
        return tuple(SYSTEM_OF_SEED[seed] for seed in self.seeds)


class Result(BaseModel):
    """What became of one test that names demands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    test: str
    demands: tuple[str, ...]
    outcome: Outcome
    reason: str = ""


class Standing(BaseModel):
    """Where one demand stands: `tests` prove it, or are the ones that failed or were skipped."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    demand: Demand
    state: State
    tests: tuple[str, ...] = ()
    reason: str = ""

    @property
    def blocks(self) -> bool:
        """Return whether this state fails the build."""
        required = self.demand.kind == "must" and self.demand.area in REQUIRED_AREAS
        return self.state == "failed" or (required and self.state == "missing")


@cache
def load_demands(path: Path = DEMANDS) -> Mapping[str, Demand]:
    """Return the rows by id, in the order of the file; read once, as each collected test asks for them."""
    with path.open(encoding="utf-8") as file:
        rows = TypeAdapter(list[Demand]).validate_python(yaml.load(file, Loader=yaml.CSafeLoader))
    return {row.id: row for row in rows}


def unknown_ids(ids: Iterable[str], demands: Mapping[str, Demand]) -> list[str]:
    """Return the ids that no row has, sorted."""
    return sorted(set(ids) - set(demands))


def write_results(results: Iterable[Result], path: Path) -> None:
    """Write the report of a run in a stable order."""
    rows = sorted((result.model_dump(mode="json") for result in results), key=lambda row: str(row["test"]))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"schema": 1, "tests": rows}, indent=1) + "\n", encoding="utf-8")


def read_results(path: Path) -> list[Result]:
    """Return the results that `write_results` wrote."""
    report = json.loads(path.read_text(encoding="utf-8"))
    return TypeAdapter(list[Result]).validate_python(report["tests"])


def standing(demand: Demand, results: Sequence[Result]) -> Standing:
    """Judge one demand: a failed test outweighs any proof, a proof outweighs a skipped test."""
    states: tuple[tuple[Outcome, State], ...] = (
        ("failed", "failed"),
        ("passed", "proven"),
        ("skipped", "not run"),
    )
    mine = [result for result in results if demand.id in result.demands]
    for outcome, state in states:
        found = [result for result in mine if result.outcome == outcome]
        if found:
            tests = tuple(result.test for result in found)
            return Standing(demand=demand, state=state, tests=tests, reason=found[0].reason)
    return Standing(demand=demand, state="missing")


def _describe(row: Standing) -> str:
    if row.state == "missing":
        return f"  missing  {row.demand.id}  {row.demand.demand}"
    tests = dict.fromkeys(test.partition("[")[0] for test in row.tests)
    why = f"  ({row.reason})" if row.reason else ""
    return f"  {row.state:<7}  {row.demand.id}  {', '.join(tests)}{why}"


def _area_lines(area: str, rows: Sequence[Standing]) -> Iterator[str]:
    must = [row for row in rows if row.demand.kind == "must"]
    proven = sum(row.state == "proven" for row in must)
    required = ", required" if area in REQUIRED_AREAS else ""
    yield f" {area}: {proven} of {len(must)} must rows proven{required}"
    # An aim that nobody asked for strictly is worth a line only where a test speaks of it.
    yield from (_describe(row) for row in rows if row.demand.kind == "must" or row.state != "missing")


def report_lines(rows: Sequence[Standing]) -> Iterator[str]:
    """Yield the ledger as text: per system, per area, one line a row."""
    for system in SYSTEM_OF_SEED.values():
        yield system
        mine = [row for row in rows if system in row.demand.systems]
        for area in dict.fromkeys(row.demand.area for row in mine):
            yield from _area_lines(area, [row for row in mine if row.demand.area == area])
    must = [row for row in rows if row.demand.kind == "must"]
    counts = {state: sum(row.state == state for row in must) for state in get_args(State)}
    yield f"must rows: {len(must)} in all, " + ", ".join(f"{count} {state}" for state, count in counts.items())


def main(report: Path = REPORT) -> int:
    """Print the ledger; return 1 if the report is absent, an id unknown, or a row failed or missing."""
    if not report.exists():
        print(f"{report} does not exist: run `make test` first, which writes it", file=sys.stderr)
        return 1
    demands, results = load_demands(), read_results(report)
    rows = [standing(demand, results) for demand in demands.values()]
    print("\n".join(report_lines(rows)))
    unknown = unknown_ids((demand for result in results for demand in result.demands), demands)
    problems = [f"unknown demand {name}: no row of {DEMANDS.name} has this id" for name in unknown]
    problems += [f"{row.demand.id} is {row.state}: {row.demand.demand}" for row in rows if row.blocks]
    print("\n".join(problems), file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
