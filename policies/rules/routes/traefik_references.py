"""What Traefik's objects name: middlewares, options, stores, transports and services, by path in each kind."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from quadrant_platform.policies.core import Node, Object
from quadrant_platform.policies.core.absence import TRAEFIK

ROUTERS = ("IngressRoute", "IngressRouteTCP", "IngressRouteUDP")
_PREFIX = "traefik.ingress.kubernetes.io/"
ANNOTATIONS: Mapping[str, Mapping[str, str]] = {
    "Ingress": {f"{_PREFIX}router.middlewares": "Middleware", f"{_PREFIX}router.tls.options": "TLSOption"},
    "Service": {f"{_PREFIX}service.serverstransport": "ServersTransport"},
}
"""By kind: annotations that name objects as `namespace-name@kubernetescrd`, in a list with commas."""


class Used(NamedTuple):
    """A name at a place, of what kind it must be, and in which namespace."""

    node: Node
    kind: str
    namespace: str
    name: str


def used_by(obj: Object) -> Iterator[Used]:
    """Yield what an object of Traefik names, Services of Kubernetes left out."""
    reader = _READERS.get(obj.kind)
    yield from reader(obj) if reader else ()


def backends(obj: Object) -> Iterator[Node]:
    """Yield where an object of Traefik names a Service of Kubernetes, or a TraefikService."""
    spec = obj.node.at("spec")
    if obj.kind in ROUTERS:
        for rule in spec.at("routes").items():
            yield from rule.at("services").items()
    elif obj.kind == "TraefikService":
        yield from _services(spec)
    elif obj.kind == "Middleware" and spec.at("errors", "service").present():
        yield spec.at("errors", "service")


def _services(spec: Node) -> Iterator[Node]:
    """Yield the services of a TraefikService: weighted, mirrored, of a hash, or one for another's failure."""
    yield from spec.at("weighted", "services").items()
    yield from spec.at("highestRandomWeight", "services").items()
    if spec.at("mirroring").present():
        yield spec.at("mirroring")
        yield from spec.at("mirroring", "mirrors").items()
    yield from (spec.at("failover", role) for role in ("service", "fallback") if spec.at("failover", role).present())


def _of_router(obj: Object) -> Iterator[Used]:
    spec, home = obj.node.at("spec"), obj.namespace
    http = obj.kind == "IngressRoute"
    for rule in spec.at("routes").items():
        yield from _named(rule.at("middlewares"), "Middleware" if http else "MiddlewareTCP", home)
        for service in rule.at("services").items():
            yield from _of_service(service, home, "ServersTransport" if http else "ServersTransportTCP")
    for field, kind in (("options", "TLSOption"), ("store", "TLSStore")):
        yield from _one(spec.at("tls", field), kind, home)
    yield from _named(spec.at("parentRefs"), "IngressRoute", home)


def _of_services(obj: Object) -> Iterator[Used]:
    for service in _services(obj.node.at("spec")):
        yield from _of_service(service, obj.namespace)


def _of_middleware(obj: Object) -> Iterator[Used]:
    spec = obj.node.at("spec")
    yield from _named(spec.at("chain", "middlewares"), "Middleware", obj.namespace)
    yield from _of_service(spec.at("errors", "service"), obj.namespace)


def _of_http_route(obj: Object) -> Iterator[Used]:
    for rule in obj.node.at("spec", "rules").items():
        for one in rule.at("filters").items():
            extension = one.at("extensionRef")
            if extension.at("group").text() == TRAEFIK:
                yield Used(extension, extension.at("kind").text(), obj.namespace, extension.at("name").text())


def _of_service(service: Node, home: str, transport: str = "ServersTransport") -> Iterator[Used]:
    """Yield what a service of a route names; a transport is in the namespace of the Service."""
    place = service.at("namespace").text() or home
    if service.at("kind").text() == "TraefikService":
        yield Used(service, "TraefikService", place, service.at("name").text())
    yield from _named(service.at("middlewares"), "Middleware", place)
    name = service.at("serversTransport").text()
    if name:
        tcp = transport == "ServersTransportTCP"
        yield Used(service.at("serversTransport"), transport, home if tcp else place, name)


def _named(nodes: Node, kind: str, home: str) -> Iterator[Used]:
    for node in nodes.items():
        yield from _one(node, kind, home)


def _one(node: Node, kind: str, home: str) -> Iterator[Used]:
    if node.present():
        yield Used(node, kind, node.at("namespace").text() or home, node.at("name").text())


_READERS: Mapping[str, Callable[[Object], Iterator[Used]]] = {
    **dict.fromkeys(ROUTERS, _of_router), "TraefikService": _of_services, "Middleware": _of_middleware,
    "HTTPRoute": _of_http_route,
}  # fmt: skip
