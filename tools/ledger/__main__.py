"""The command behind `make demands`."""

import sys
from collections.abc import Iterator
from pathlib import Path

from tools.ledger.areas import AREAS
from tools.ledger.claims import parse
from tools.ledger.demands import DEMANDS, ROOT, load_demands, unknown_ids
from tools.ledger.reports import RunReport, read
from tools.ledger.standing import standings
from tools.ledger.text import report_lines

FAST = ROOT / ".quadrant" / "demands-fast.json"
LAB = ROOT / ".quadrant" / "demands-lab.json"


def reports(fast: Path, lab: Path) -> Iterator[RunReport]:
    """Yield the reports that exist: of the fast tests, of the base lab, and the committed ones of the areas."""
    for path in (fast, lab, *(area.report for area in AREAS.values())):
        if path.exists():
            yield read(path)


def main(fast: Path = FAST, lab: Path = LAB) -> int:
    """Print the ledger; return 1 if the fast report is absent, an id unknown, or a row failed or is missing."""
    if not fast.exists():
        sys.stderr.write(f"{fast.name} does not exist: run `make test` first, which writes it\n")
        return 1
    demands, found = load_demands(), list(reports(fast, lab))
    rows = standings(demands, found)
    sys.stdout.writelines(f"{line}\n" for line in report_lines(rows))
    named = (parse(claim).demand for report in found for result in report.tests for claim in result.claims)
    problems = [f"unknown demand {name}: no row of {DEMANDS.name} has this id" for name in unknown_ids(named, demands)]
    problems += [row.problem for row in rows if row.problem]
    sys.stderr.writelines(f"{problem}\n" for problem in problems)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
