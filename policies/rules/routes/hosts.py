"""Host names of public routes: explicit, each answered by one route, and that by a Service that exists."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from quadrant_platform.policies.core import Finding, Node, Object, Severity, StackIndex, StackPolicy
from quadrant_platform.policies.core.absence import is_missing
from quadrant_platform.policies.core.policy import CONSISTENCY
from quadrant_platform.policies.rules.routes.routers import ROUTERS, entry_points
from quadrant_platform.policies.rules.routes.traefik_references import backends

_HOST = re.compile(r"Host(?:SNI)?\(([^)]*)\)")
_PATTERN = re.compile(r"Host(?:SNI)?Regexp\(")
_QUOTED = re.compile(r"[`\"']([^`\"']*)[`\"']")


_NAMING_SERVICES = ("IngressRoute", "IngressRouteTCP", "IngressRouteUDP", "Middleware", "TraefikService")


class PublicRoute(NamedTuple):
    """A route: the object, the place in it, its hosts, and the key that distinguishes it from others."""

    obj: Object
    node: Node
    hosts: tuple[str, ...]
    key: tuple[str, ...]


def host_hygiene(stack: StackIndex) -> Iterator[Finding]:
    """Check that every public route names its hosts, no two share one, and each leads to a port of a Service."""
    taken: dict[tuple[str, ...], Object] = {}
    for route in _routes(stack):
        yield from _named(stack, route)
        first = taken.setdefault(route.key, route.obj)
        if first is not route.obj:
            yield Finding(f"{route.node.path}: {first.identity} answers for the same host and path", "taken", route.obj)
    for obj, node in _backends(stack):
        yield from _backend(stack, obj, node)


def _routes(stack: StackIndex) -> Iterator[PublicRoute]:
    for obj in stack.of_kind("Ingress"):
        yield from _of_ingress(obj)
    for obj in stack.of_kind(*ROUTERS):
        names = entry_points(obj.node)
        for rule in obj.node.at("spec", "routes").items() if names - stack.config.internal_entry_points else ():
            match = rule.at("match").text()
            yield PublicRoute(
                obj, rule, tuple(_hosts(match)), (*sorted(names), match, str(rule.at("priority").integer()))
            )


def _of_ingress(obj: Object) -> Iterator[PublicRoute]:
    name, default = obj.node.at("spec", "ingressClassName").text(), obj.node.at("spec", "defaultBackend")
    if default.present():
        yield PublicRoute(obj, default, (), ("ingress", name))
    for rule in obj.node.at("spec", "rules").items():
        host = rule.at("host").text()
        for path in rule.at("http", "paths").items():
            key = ("ingress", name, host, path.at("path").text(), path.at("pathType").text())
            yield PublicRoute(obj, rule, (host,), key)


def _hosts(match: str) -> Iterator[str]:
    for group in _HOST.findall(match):
        yield from _QUOTED.findall(group)
    if _PATTERN.search(match):
        yield "*"


def _named(stack: StackIndex, route: PublicRoute) -> Iterator[Finding]:
    redirects = route.obj.kind != "Ingress" and not entry_points(route.obj.node) & stack.config.secure_entry_points
    if redirects:
        return  # it leads to a route with TLS; another policy requires that
    if not any(route.hosts):
        yield Finding(f"{route.node.path} names no host: it answers for every one", "host", route.obj)
    for host in route.hosts:
        if "*" in host and host not in stack.config.wildcard_hosts:
            yield Finding(f"{route.node.path} answers for the pattern {host}", "wildcard", route.obj)


def _backends(stack: StackIndex) -> Iterator[tuple[Object, Node]]:
    for obj in stack.of_kind("Ingress"):
        yield obj, obj.node.at("spec", "defaultBackend", "service")
        for rule in obj.node.at("spec", "rules").items():
            for path in rule.at("http", "paths").items():
                yield obj, path.at("backend", "service")
    for obj in stack.of_kind(*_NAMING_SERVICES):
        yield from ((obj, node) for node in backends(obj) if node.at("kind").text() != "TraefikService")


def _backend(stack: StackIndex, obj: Object, node: Node) -> Iterator[Finding]:
    name, namespace = node.at("name").text(), node.at("namespace").text() or obj.namespace
    if is_missing(stack, "Service", namespace, name):
        yield Finding(f"{node.path}: there is no Service {namespace}/{name}", "backend", obj)
    service = stack.by_name.get(("Service", namespace, name))
    if service is None:
        return
    port = node.at("port")
    wanted = port.scalar() if obj.kind != "Ingress" else port.at("number").integer() or port.at("name").text()
    ports = {value for one in service.node.at("spec", "ports").items()
             for value in (one.at("port").integer(), one.at("name").text())}  # fmt: skip
    if wanted and wanted not in ports:
        yield Finding(f"{node.path}: {service.identity} has no port {wanted!r}", "backend-port", obj)


POLICIES = (
    StackPolicy(
        name="host-hygiene", title="Public routes name their hosts and lead somewhere",
        severity=Severity.HIGH, tags=("NSA-3",), group=CONSISTENCY, predicate=host_hygiene,
        why="A route for every host answers for unintended names, and of two for one host "
        "either may answer.",
        remedy="Name the hosts one by one, give each host and path one route, and correct the Service or its port; "
        "list intended patterns in wildcardHosts.",
    ),
)  # fmt: skip
