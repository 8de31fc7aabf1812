"""What the marks of a test claim: the rows that it proves, and the area whose long proofs it belongs to."""

from typing import NamedTuple

import pytest

from tools.ledger.areas import AREAS
from tools.ledger.claims import ClaimError, claim
from tools.ledger.demands import load_demands


class Proof(NamedTuple):
    """Where a proof in the cluster runs: always in its area, and in the base lab too if it is short."""

    area: str
    short: bool


class MarkError(ValueError):
    """A mark with arguments that it does not take."""


def claims(item: pytest.Item) -> list[str]:
    """Return what an item's `demand` marks claim, sorted; MarkError where one claims too much."""
    found = set()
    for mark in item.iter_markers("demand"):
        if odd := set(mark.kwargs) - {"check", "partly"}:
            raise MarkError(f"demand takes ids, check= and partly=, not {', '.join(sorted(odd))}")
        in_cluster = bool(item.get_closest_marker("lab"))
        for name in mark.args:
            try:
                one = claim(str(name), mark.kwargs.get("check"), in_cluster, load_demands())
            except ClaimError as error:
                raise MarkError(str(error)) from error
            found.add(str(one._replace(lacks=mark.kwargs.get("partly", ""))))
    return sorted(found)


def proof(item: pytest.Item) -> Proof | None:
    """Return what an item's `prove` mark asks for; MarkError where it names no area or its test needs no cluster."""
    mark = item.get_closest_marker("prove")
    if mark is None:
        return None
    if len(mark.args) != 1 or set(mark.kwargs) - {"short"}:
        raise MarkError('write it prove("AREA") or prove("AREA", short=True)')
    if mark.args[0] not in AREAS:
        raise MarkError(f"unknown area {mark.args[0]}: the areas are {', '.join(AREAS)}")
    if not item.get_closest_marker("lab"):
        raise MarkError("prove is for tests that need a cluster, which have the marker `lab`")
    return Proof(mark.args[0], bool(mark.kwargs.get("short")))


def problems(item: pytest.Item) -> list[str]:
    """Return what is wrong with the marks of an item."""
    found = []
    for read in (claims, proof):
        try:
            read(item)
        except MarkError as error:
            found.append(f"{item.nodeid}: {error}")
    return found
