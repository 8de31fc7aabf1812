"""The flow table: both ends exist, the target listens there, and each row permits something new."""

from collections.abc import Iterator

from quadrant_platform.documents.problems import KeyPath, Problem
from quadrant_platform.model.consistency.context import STORE_KINDS, Context, Found
from quadrant_platform.model.schema.exposure import FlowRow

_BUILT_IN_SOURCE = {
    "internet": ("only the public Traefik is reached from outside", "add a route under edge.routes"),
    "edge": ("the public Traefik reaches what its routes name", "add a route under edge.routes"),
}
_BUILT_IN_TARGET = {
    "internet": ("no workload may reach every address", "declare the host under externalApis and name it here"),
    "edge": ("no workload of the system calls its public entry", "name the service behind it"),
}
END = "service, job, data store, external API or operator"
_NO_CLIENT = "a data store answers and does not call"


def rows(context: Context) -> Found:
    """Check each row by itself."""
    for index, row in enumerate(context.system.flows):
        for path, source in _places(("flows", index, "from"), row.source):
            yield from _source(context, path, source)
        for path, target in _places(("flows", index, "to"), row.target):
            yield from _target(context, row, index, path, target)
        for source, target in row.pairs:
            yield from _pair(context, ("flows", index), source, target)


def _places(path: KeyPath, ends: tuple[str, ...] | str) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(ends, str):
        yield path, ends
    else:
        yield from (((*path, index), end) for index, end in enumerate(ends))


def _source(context: Context, path: KeyPath, name: str) -> Found:
    if name in _BUILT_IN_SOURCE:
        why, remedy = _BUILT_IN_SOURCE[name]
        yield Problem(path, f"{name!r} is not written as a source: {why}", remedy)
        return
    yield from context.unknown(path, name, END, context.ends)
    end = context.ends.get(name)
    if end is not None and end.kind == "externalApi":
        what = f"{name!r} is a host outside, and nothing outside opens connections but through the public entry"
        yield Problem(path, what, "add a route, or swap `from` and `to`")


def _target(context: Context, row: FlowRow, index: int, path: KeyPath, name: str) -> Found:
    if name in _BUILT_IN_TARGET:
        why, remedy = _BUILT_IN_TARGET[name]
        yield Problem(path, f"{name!r} is not a target: {why}", remedy)
        return
    yield from context.unknown(path, name, END, context.ends)
    end = context.ends.get(name)
    if end is None:
        return
    if end.kind == "job":
        yield Problem(path, f"{name!r} is a job, which listens nowhere", "name a service or a data store")
    elif not end.listeners:
        yield Problem(path, f"{name!r} has no known port", f"set peers.{name.partition(':')[2]}.ports in the stack")
    else:
        for place, port in enumerate(row.ports):
            yield from end.missing_port(("flows", index, "ports", place), name, port)


def _pair(context: Context, path: KeyPath, source: str, target: str) -> Found:
    client, server = context.ends.get(source), context.ends.get(target)
    if source == target:
        yield Problem(path, f"a row from {source!r} to itself", "remove it; replicas that talk are implied")
    elif client is not None and server is not None:
        yield from _kinds(context, path, source, target)


def _kinds(context: Context, path: KeyPath, source: str, target: str) -> Found:
    client, server = context.ends[source], context.ends[target]
    if client.kind == "pooler":
        yield Problem(path, f"{source!r} is a pooler, and reaches its own database by an implied row", "remove the row")
    elif client.kind in STORE_KINDS and server.kind not in ("objectStore", "externalApi"):
        remedy = "swap `from` and `to`; a store may only write archives, to an object store or an external API"
        yield Problem(path, f"{source!r} is a {client.kind}, and {_NO_CLIENT}", remedy)
    elif source == "monitoring" and server.kind != "externalApi":
        what = f"Prometheus reaches {target!r} by an implied row, on the port of its metrics"
        yield Problem(path, what, "declare `metrics` there and remove the row")


def repeated(context: Context) -> Found:
    """Check that no two rows permit the same connection, as one would hide the other's reason."""
    seen: dict[tuple[str, str, object, str], int] = {}
    for index, row in enumerate(context.system.flows):
        for source, target in row.pairs:
            opened = _opened(context, row, target)
            first = {seen.setdefault((source, target, port, stage), index) for port, stage in opened}
            for other in sorted(first - {index}):
                what = f"{source!r} to {target!r} is in row {other} already, on the same port"
                yield Problem(("flows", index), what, "remove one of the two rows")


def _opened(context: Context, row: FlowRow, target: str) -> list[tuple[object, str]]:
    """Return the ports and stages that a row opens."""
    end = context.ends.get(target)
    if end is None:
        return []
    ports = [end.listener(port) for port in row.ports] if row.ports else list(end.listeners[:1])
    return [(port, stage) for port in ports if port is not None for stage in row.stages]
