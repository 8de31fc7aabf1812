"""The expansion of the flow table to the full matrix: written rows first, then the rows that follow from them."""

from collections.abc import Iterator

from quadrant_platform.model.expansion.endpoint import Endpoint, Listener
from quadrant_platform.model.expansion.implied import RULES
from quadrant_platform.model.expansion.matrix import Matrix, Row, matrix
from quadrant_platform.model.expansion.topology import Topology
from quadrant_platform.model.expansion.workloads import cache_mode, external_apis
from quadrant_platform.model.schema.exposure import FlowRow


def expand(topology: Topology) -> Matrix:
    """Return every permitted connection; all else is denied in both directions."""
    rows = [*_written(topology)]
    for rule in RULES:
        rows.extend(rule(topology))
    own = (endpoint for _, endpoint in topology.own())
    return matrix(topology.name, topology.environment.name, rows, own)


def _written(topology: Topology) -> Iterator[Row]:
    for row in topology.system.flows:
        if topology.environment.name in row.stages:
            for source, target in row.pairs:
                yield from _resolved(topology, row, source, target)


def _resolved(topology: Topology, row: FlowRow, source: str, target: str) -> Iterator[Row]:
    """Resolve one pair; a job or API of another stage leaves no row."""
    origin = topology.endpoints.get(source)
    api = external_apis(topology.system, topology.environment).get(target)
    if origin is None:
        return
    if api is not None:
        yield Row(origin, topology.endpoints["egress"], Listener(target, api.egress_port), row.why)
        return
    destination = topology.endpoints.get(target)
    if destination is not None:
        for listener in _listeners(destination, row):
            yield Row(origin, destination, listener, row.why)
        yield from _sentinel(topology, origin, target)


def _listeners(target: Endpoint, row: FlowRow) -> tuple[Listener, ...]:
    """Return the listeners that a row names, or the target's first."""
    if not row.ports:
        return target.listeners[:1]
    return tuple(listener for port in row.ports if (listener := target.listener(port)) is not None)


def _sentinel(topology: Topology, client: Endpoint, target: str) -> Iterator[Row]:
    """Yield a client's way to the Sentinels, which it asks for the master's address."""
    cache = topology.system.caches.get(target)
    if cache is not None and cache_mode(topology.environment, cache) == "sentinel":
        sentinels = topology.endpoints[f"{target}-sentinel"]
        yield Row(client, sentinels, sentinels.listeners[0], f"asks for the master of {target}", "sentinel")
