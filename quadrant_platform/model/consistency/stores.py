"""Data stores: where they may live, and whether their sizes and the connections of their clients fit."""

from collections import defaultdict
from collections.abc import Iterator
from math import ceil

from quadrant_platform.documents.problems import KeyPath, Problem
from quadrant_platform.model.consistency.context import Context, Found
from quadrant_platform.model.schema.quantities import Bytes
from quadrant_platform.model.schema.service import TIERS, ServiceSpec, Sizing
from quadrant_platform.model.schema.types import Segment

POOLER_MARGIN = 10
"""Server connections kept for migrations, the exporter and backups."""
MEMORY_FACTOR = 1.4
"""Memory limit of a cache over its maxMemory: rewriting the append-only file forks the server."""


def homes(context: Context) -> Found:
    """Check that no data lives in the frontend, the only segment with a way in and out."""
    for path, store in context.stores.items():
        if store.segment is Segment.FRONTEND:
            kind = context.ends[str(path[-1])].kind
            what = f"a {kind} in segment frontend, which faces the internet"
            yield Problem((*path, "segment"), what, "put it in database or platform")


def poolers(context: Context) -> Found:
    """Check that a pooler serves a PostgreSQL database and leaves connections for others."""
    databases = {**context.system.databases, **context.system.external_databases}
    demand: dict[str, int] = defaultdict(int)
    for name, pooler in context.system.poolers.items():
        path: KeyPath = ("poolers", name)
        yield from context.unknown((*path, "database"), pooler.database, "database", databases)
        database = databases.get(pooler.database)
        if database is None:
            continue
        if database.engine != "postgresql":
            what = f"{pooler.database!r} is {database.engine}, and PgBouncer speaks PostgreSQL only"
            yield Problem((*path, "database"), what, "name a postgresql database")
        demand[pooler.database] += pooler.max_db_connections
        needed = demand[pooler.database] + POOLER_MARGIN
        if needed > database.max_connections:
            what = (
                f"poolers may open {demand[pooler.database]} connections and {POOLER_MARGIN} are kept for migrations,"
                f" exporter and backups, but {pooler.database!r} takes {database.max_connections}"
            )
            remedy = f"raise databases.{pooler.database}.maxConnections to {needed} or lower this"
            yield Problem((*path, "maxDbConnections"), what, remedy)


def cache_memory(context: Context) -> Found:
    """Check that a cache's memory limit has room for the fork that rewrites its append-only file."""
    for name, cache in context.system.caches.items():
        wanted = cache.max_memory.number * MEMORY_FACTOR
        for origin, memory in _limits(cache.resources):
            if memory.number < wanted:
                needed = Bytes.of_mebibytes(ceil(wanted / 2**20))
                what = f"maxMemory {cache.max_memory} needs a limit of {needed}, 1.4 times as much, and {origin} gives"
                remedy = "lower maxMemory or raise the memory"
                yield Problem(("caches", name, "maxMemory"), f"{what} {memory}", remedy)


def _limits(resources: Sizing) -> Iterator[tuple[str, Bytes]]:
    if resources.size is not None:
        yield "the size", resources.size.memory
    else:
        yield f"tier {resources.tier}", TIERS[resources.tier].memory
    for name, size in resources.profiles.items():
        yield f"profile {name!r}", size.memory


def listeners(context: Context) -> Found:
    """Check that the ports of one pod differ, exporters included."""
    for name, end in context.ends.items():
        numbers: dict[tuple[int, str], str] = {}
        for listener in end.listeners if end.path[:1] != ("externalApis",) else ():
            key = (listener.number, listener.protocol)
            if numbers.setdefault(key, listener.name) != listener.name:
                what = f"{name!r} listens twice on {listener.number}: as {numbers[key]} and as {listener.name}"
                yield Problem(end.path, what, "give one of them another port")


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
