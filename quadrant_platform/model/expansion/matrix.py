"""The matrix: every permitted connection, and its canonical JSON."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from quadrant_platform.model.expansion.endpoint import Endpoint, Listener

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One permitted connection, in the direction in which it is opened."""

    source: Endpoint
    target: Endpoint
    listener: Listener
    why: str
    implied: str | None = None
    """The rule that added the row; None for a row of the flow table."""

    @property
    def key(self) -> tuple[str, str, str, int]:
        """Return what makes a row itself: source, target, protocol and port."""
        return (self.source.id, self.target.id, self.listener.protocol, self.listener.number)


@dataclass(frozen=True)
class Matrix:
    """All rows of a system in an environment, sorted and without repetition."""

    system: str
    environment: str
    rows: tuple[Row, ...]
    endpoints: tuple[Endpoint, ...]

    def touching(self) -> dict[str, tuple[list[Row], list[Row]]]:
        """Return, by endpoint id, the rows that arrive there and the rows that leave it."""
        found: dict[str, tuple[list[Row], list[Row]]] = {endpoint.id: ([], []) for endpoint in self.endpoints}
        for row in self.rows:
            found[row.target.id][0].append(row)
            found[row.source.id][1].append(row)
        return found

    def canonical(self) -> str:
        """Return the canonical JSON that policies, proofs and packet tests read."""
        document = {
            "schema": SCHEMA,
            "system": self.system,
            "environment": self.environment,
            "peers": {endpoint.id: _peer(endpoint) for endpoint in self.endpoints},
            "rows": [_wire(row) for row in self.rows],
        }
        return json.dumps(document, sort_keys=True, separators=(",", ":"))


def matrix(system: str, environment: str, rows: Iterable[Row], own: Iterable[Endpoint]) -> Matrix:
    """Sort rows, drop repetitions (the first of a key wins), and collect the endpoints they touch."""
    unique: dict[tuple[str, str, str, int], Row] = {}
    for row in rows:
        unique.setdefault(row.key, row)
    ordered = tuple(unique[key] for key in sorted(unique))
    touched = {endpoint.id: endpoint for endpoint in _ends(ordered)} | {endpoint.id: endpoint for endpoint in own}
    return Matrix(system, environment, ordered, tuple(touched[name] for name in sorted(touched)))


def _ends(rows: Iterable[Row]) -> Iterator[Endpoint]:
    for row in rows:
        yield row.source
        yield row.target


def _peer(endpoint: Endpoint) -> dict[str, Any]:
    if endpoint.kind == "outside":
        return {"kind": "cidr", "blocks": [{"cidr": b.cidr, "except": list(b.excluded)} for b in endpoint.blocks]}
    return {
        "kind": "workload" if endpoint.isolated else "control",
        "namespace": endpoint.namespace,
        "labels": dict(endpoint.labels),
        "ports": [f"{listener.number}/{listener.protocol}" for listener in endpoint.listeners],
    }


def _wire(row: Row) -> dict[str, Any]:
    return {
        "from": row.source.id,
        "to": row.target.id,
        "protocol": row.listener.protocol,
        "port": row.listener.number,
        "why": row.why,
        "implied": row.implied,
    }
