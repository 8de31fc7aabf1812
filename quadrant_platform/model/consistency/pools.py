"""Connection pools: what the pods of all clients may open together, against what a server takes."""

from __future__ import annotations

from collections.abc import Iterator

from quadrant_platform.documents.problems import KeyPath, Problem
from quadrant_platform.model.consistency.context import Context, Found
from quadrant_platform.model.consistency.stores import POOLER_MARGIN
from quadrant_platform.model.schema.service import ServiceSpec


def pools(context: Context) -> Found:
    """Check that a server, or the pooler before it, takes the connections of all clients, also during a release."""
    for path, name, most, kept in _servers(context):
        clients = {client: _opened(service) for client, service in _clients(context, name)}
        wanted = sum(clients.values()) + kept
        if clients and wanted > most:
            reserve = f" and {kept} are kept for others" if kept else ""
            what = (
                f"pods of {', '.join(clients)} may open {wanted - kept} connections during a release{reserve},"
                f" but {name!r} takes {most}"
            )
            yield Problem(path, what, f"raise it to {wanted}, or lower `connections` of the services")


def _servers(context: Context) -> Iterator[tuple[KeyPath, str, int, int]]:
    """Iterate over what takes connections: where its limit is set, its name, the limit, and what is kept of it."""
    system = context.system
    for name, pooler in system.poolers.items():
        yield ("poolers", name, "maxClientConnections"), name, pooler.max_client_connections, 0
    for section, databases in (("databases", system.databases), ("externalDatabases", system.external_databases)):
        for name, database in databases.items():
            pooled = sum(one.max_db_connections for one in system.poolers.values() if one.database == name)
            yield (section, name, "maxConnections"), name, database.max_connections, POOLER_MARGIN + pooled


def _clients(context: Context, target: str) -> Iterator[tuple[str, ServiceSpec]]:
    callers = {source for row in context.system.flows if target in row.targets for source in row.sources}
    return ((name, one) for name, one in context.system.services.items() if name in callers and one.connections)


def _opened(service: ServiceSpec) -> int:
    """Return what all pods open, those of the old version included: one at a time, or all of them beside the new."""
    pods = service.replicas if isinstance(service.replicas, int) else service.replicas.max
    together = pods + 1 if service.rollout.strategy == "rolling" else 2 * pods
    return together * (service.connections or 0)
