"""The way in and the ways out: what they lead to exists, may be public, and is one host behind one port."""

from itertools import combinations, product

from quadrant_platform.documents.problems import KeyPath, Problem
from quadrant_platform.model.consistency.context import STORE_KINDS, Context, Found, Named
from quadrant_platform.model.expansion.route_ranks import ranked_paths
from quadrant_platform.model.expansion.workloads import TRAEFIK_METRICS_PORT
from quadrant_platform.model.schema.exposure import DASHBOARD, Certificate, Route


def targets(context: Context) -> Found:
    """Check that a route leads to a service, an object store's console, a control plane or the dashboard."""
    public = [*context.named("service", "objectStore", "operator"), DASHBOARD]
    for name, route in context.system.edge.routes.items():
        path: KeyPath = ("edge", "routes", name)
        end = context.ends.get(route.to)
        if end is None:
            yield from context.unknown((*path, "to"), route.to, "target of a route", public)
        else:
            yield from _target(path, route, end)
        yield from _alias(context, path, route)


def _target(path: KeyPath, route: Route, end: Named) -> Found:
    if end.kind == "objectStore":
        yield from _console(path, route, end)
    elif end.kind in STORE_KINDS:
        what = f"a route to {route.to!r}: a {end.kind} is never public"
        yield Problem((*path, "to"), what, "lead the route to the service that uses it")
    elif end.kind in ("job", "externalApi"):
        yield Problem((*path, "to"), f"a route to {route.to!r}, which is no server of ours", "name a service")
    elif route.port is not None:
        yield from end.missing_port((*path, "port"), route.to, route.port)


def _console(path: KeyPath, route: Route, end: Named) -> Found:
    console = next((listener for listener in end.listeners if listener.name == "console"), None)
    if console is None:
        what = f"a route to {route.to!r}: its S3 port is never public, and it has no console"
        yield Problem((*path, "to"), what, f"set objectStores.{route.to}.consolePort or remove the route")
    elif route.port is None or end.listener(route.port) != console:
        place = (*path, "port") if route.port is not None else (*path, "to")
        yield Problem(place, f"a route to {route.to!r}: only its console may be public", "write `port: console`")


def _alias(context: Context, path: KeyPath, route: Route) -> Found:
    service = context.system.services.get(route.to)
    if route.alias is not None and service is not None:
        yield from context.unknown((*path, "alias"), route.alias, f"alias of {route.to}", service.aliases)


def middlewares(context: Context) -> Found:
    """Check that the middlewares of routes exist, and that every middleware is used."""
    declared = context.system.edge.middlewares
    used: set[str] = set()
    for name, route in context.system.edge.routes.items():
        used |= set(route.middlewares)
        for place, wanted in enumerate(route.middlewares):
            path = ("edge", "routes", name, "middlewares", place)
            yield from context.unknown(path, wanted, "middleware", declared)
    for name in context.unused(declared, used):
        yield Problem(("edge", "middlewares", name), f"no route uses the middleware {name!r}", "remove it or use it")


def forward_auth(context: Context) -> Found:
    """Check that forward-auth asks a service that exists, at a port that it has."""
    services = context.system.services
    for name, middleware in context.system.edge.middlewares.items():
        auth = middleware.forward_auth
        if auth is not None:
            path: KeyPath = ("edge", "middlewares", name, "forwardAuth")
            yield from context.unknown((*path, "service"), auth.service, "service", services)
            if auth.service in services:
                yield from context.ends[auth.service].missing_port((*path, "port"), auth.service, auth.port)


def certificate(context: Context) -> Found:
    """Check that the certificate covers the host of every route, and its own common name."""
    chosen = context.system.edge.certificate
    if chosen is None:
        if context.system.edge.routes and not context.gaps.may_declare("certificate"):
            yield Problem(
                ("edge", "routes"), "routes without a certificate; the entry is TLS only", "add `certificate`"
            )
        return
    yield from _own_names(chosen)
    for name, route in context.system.edge.routes.items():
        if not _covered(route.host, chosen):
            what = f"the certificate does not cover {route.host!r}; browsers would refuse the route"
            yield Problem(("edge", "routes", name, "host"), what, "add the host to edge.certificate.hosts")


def _own_names(chosen: Certificate) -> Found:
    if not _covered(chosen.common_name, chosen):
        what = f"commonName {chosen.common_name!r} is not among the hosts, and clients read only those"
        yield Problem(("edge", "certificate", "commonName"), what, "add it to `hosts`")


def _covered(host: str, chosen: Certificate) -> bool:
    """Return whether a name is on the certificate; a wildcard stands for one label."""
    return bool({host, f"*.{host.partition('.')[2]}"} & {*chosen.hosts, *chosen.dev_hosts})


def repeated(context: Context) -> Found:
    """Check that no two routes match the same requests with the same rank, which chance would decide."""
    for (first, one), (name, other) in combinations(context.system.edge.routes.items(), 2):
        if _meet(one, other):
            what = f"routes {first!r} and {name!r} answer to the same requests; which one serves is chance"
            remedy = "give one another path, header, stage or priority"
            yield Problem(("edge", "routes", name), what, remedy)


def _meet(one: Route, other: Route) -> bool:
    """Return whether some request is taken by both with the same rank, or all by a rule of the same text."""
    headers, others = ({key.lower(): text for key, text in route.headers.items()} for route in (one, other))
    apart = any(others.get(key, text) != text for key, text in headers.items())
    if one.host != other.host or not {*one.stages} & {*other.stages} or apart:
        return False
    pairs = product(ranked_paths(one), ranked_paths(other))
    return any(a.meets(b) and (a.priority == b.priority or (headers == others and a[:2] == b[:2])) for a, b in pairs)


def exits(context: Context) -> Found:
    """Check that an entry point of the egress Traefik leads to one host, and a host has one entry point."""
    ports: dict[int, str] = {TRAEFIK_METRICS_PORT: "the metrics of the egress Traefik"}
    hosts: dict[tuple[str, int], str] = {}
    for name, api in context.system.external_apis.items():
        if api.egress_port in ports:
            what = f"egressPort {api.egress_port} is that of {ports[api.egress_port]} already"
            yield Problem(("externalApis", name, "egressPort"), what, "use a free port of 9001 to 9250")
        if (api.host, api.port) in hosts:
            what = f"the host {api.host!r} is that of {hosts[api.host, api.port]!r} already"
            yield Problem(("externalApis", name, "host"), what, "keep one of them and name it in the flows")
        ports.setdefault(api.egress_port, repr(name))
        hosts.setdefault((api.host, api.port), name)


def single_hosts(context: Context) -> Found:
    """Check that an API is one host, not all names under a domain."""
    for name, api in context.system.external_apis.items():
        if api.host.startswith("*."):
            what = f"{api.host!r} stands for every host of a domain, and an API is one host"
            yield Problem(("externalApis", name, "host"), what, "declare each host as an API of its own")
