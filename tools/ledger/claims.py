"""What a test claims: the row that it proves, and the kind of evidence that it gives."""

from collections.abc import Mapping
from typing import NamedTuple

from tools.ledger.demands import LIVE, Check, Demand


class Claim(NamedTuple):
    """One kind of evidence for one row, and what the row asks for beyond it."""

    demand: str
    check: str
    lacks: str = ""

    def __str__(self) -> str:
        """Return the claim as reports write it, such as `ING-10 live` or `ING-37 manifest: nothing serves Grafana`."""
        return f"{self.demand} {self.check}" + (f": {self.lacks}" if self.lacks else "")


class ClaimError(ValueError):
    """A mark that names no row, or evidence that its test cannot give."""


def parse(text: str) -> Claim:
    """Return a claim that a report holds."""
    head, _, lacks = text.partition(": ")
    demand, _, check = head.partition(" ")
    return Claim(demand, check, lacks)


def claim(name: str, check: str | None, in_cluster: bool, demands: Mapping[str, Demand]) -> Claim:
    """Return what the mark of a test claims; ClaimError where the test cannot give such evidence.

    A test that runs against a cluster gives live evidence where the row asks for it. Every other kind follows from
    the row if the row asks for just one; otherwise the mark names it: `demand("ING-09", check="policy")`.
    """
    if name not in demands:
        raise ClaimError(f"unknown demand {name}: use an id of tests/demands.yaml")
    row = demands[name]
    if check is not None:
        return Claim(name, _named(row, check, in_cluster))
    if in_cluster and LIVE in row.checks:
        return Claim(name, LIVE)
    possible = [one for one in row.checks if one != LIVE]
    if not possible:
        raise ClaimError(f"demand {name} asks for live evidence: only a test with the marker `lab` gives it")
    if len(possible) > 1:
        kinds = " and ".join(possible)
        raise ClaimError(f'demand {name} asks for {kinds}: name one, as in demand("{name}", check="{possible[0]}")')
    return Claim(name, possible[0])


def _named(row: Demand, check: str, in_cluster: bool) -> Check:
    found = next((one for one in row.checks if one == check), None)
    if found is None:
        raise ClaimError(f"demand {row.id} does not ask for {check!r}: its check is {', '.join(row.checks)}")
    if found == LIVE and not in_cluster:
        raise ClaimError(f"demand {row.id}: only a test with the marker `lab` gives live evidence")
    return found
