"""Modes: a key that has no effect in the mode in which its entry runs is refused."""

from collections.abc import Iterator
from typing import NamedTuple

from quadrant_platform.documents.problems import KeyPath, Problem
from quadrant_platform.model.consistency.context import Context, Found
from quadrant_platform.model.consistency.salvage import NO_GAPS
from quadrant_platform.model.schema.datastores import DatabaseSpec
from quadrant_platform.model.schema.environment import Environment
from quadrant_platform.model.schema.exposure import DASHBOARD
from quadrant_platform.model.schema.types import Model

SERVER_KEYS = ("replicas", "readOnlyService", "maxConnections", "parameters", "tls", "audit")
EDGE_KEYS = ("replicas", "attached", "certificate", "minTls")
ACME_KEYS = ("acmeServer", "acmeEmail", "dnsChallenge")


class IdleKeys(NamedTuple):
    """Keys of an entry that nothing reads in its mode."""

    path: KeyPath
    entry: Model
    keys: tuple[str, ...]
    mode: str
    remedy: str = "remove it"

    def problems(self) -> Found:
        """Report those that are set."""
        for name, field in type(self.entry).model_fields.items():
            key = field.alias or name
            if key in self.keys and name in self.entry.model_fields_set:
                yield Problem((*self.path, key), f"{key!r} has no effect {self.mode}", self.remedy)


def keys(context: Context) -> Found:
    """Check that each key acts in the mode of its entry."""
    for idle in (*_stores(context), *_jobs(context), *_ways_in(context), *_secrets(context)):
        yield from idle.problems()


def _stores(context: Context) -> Iterator[IdleKeys]:
    system = context.system
    for name, cache in system.caches.items():
        if cache.mode != "replica":
            servers = "three servers and three Sentinels" if cache.mode == "sentinel" else "one server"
            mode = f"in mode {cache.mode}, which always has {servers}"
            yield IdleKeys(("caches", name), cache, ("replicas",), mode, "remove it, or set `mode: replica`")
    for section, databases in (("databases", system.databases), ("externalDatabases", system.external_databases)):
        for name, database in databases.items():
            idle = SERVER_KEYS if database.engine == "clickhouse" else ("httpPort", "settings")
            yield IdleKeys((section, name), database, idle, f"on a server of {database.engine}")
    backup = system.backup
    if backup is not None and not any(one.engine == "postgresql" for one in _databases(context)):
        yield IdleKeys(("backup",), backup, ("walArchiveInterval",), "without a PostgreSQL server")


def _databases(context: Context) -> Iterator[DatabaseSpec]:
    yield from context.system.databases.values()
    yield from context.system.external_databases.values()


def _jobs(context: Context) -> Iterator[IdleKeys]:
    for name, job in context.system.jobs.items():
        if job.schedule is None:
            yield IdleKeys(("jobs", name), job, ("timezone", "lateAfter"), "without a schedule", "add `schedule`")


def _ways_in(context: Context) -> Iterator[IdleKeys]:
    edge = context.system.edge
    if not edge.routes and context.gaps == NO_GAPS:
        yield IdleKeys(("edge",), edge, EDGE_KEYS, "without routes, as nothing runs the public entry", "add `routes`")
    for name, route in edge.routes.items():
        path: KeyPath = ("edge", "routes", name)
        if route.to == DASHBOARD:
            yield IdleKeys(path, route, ("port", "alias", "sticky"), "on a route to the dashboard")
        elif route.alias is not None and route.to in context.system.services:
            yield IdleKeys(path, route, ("port",), "beside `alias`, which has one port")
        elif route.alias is not None and route.to in context.ends:
            yield IdleKeys(path, route, ("alias",), "on a route to anything but a service")


def _secrets(context: Context) -> Iterator[IdleKeys]:
    for name, secret in context.system.secrets.items():
        for file, key in secret.keys.items():
            if key.compose is not None:
                yield IdleKeys(("secrets", name, "keys", file), key, ("length",), "on a value that is composed")


def keys_of_environment(environment: Environment) -> Found:
    """Check that the settings of a signer are those of the one that signs."""
    publishing = environment.publishing
    if publishing.issuer == "selfSigned":
        mode, remedy = "where the issuer is our own", "remove it, or set `issuer: acme`"
        yield from IdleKeys(("publishing",), publishing, ACME_KEYS, mode, remedy).problems()
