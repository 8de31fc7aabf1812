"""Routes: the public routers, each in the namespace of what it leads to, with the middlewares it uses beside it."""

from collections.abc import Iterator
from typing import NamedTuple

from quadrant_platform.components.base.component import Component
from quadrant_platform.components.builders.manifests import Manifest, manifest, metadata, part_of
from quadrant_platform.components.edge.middlewares import API_VERSION, middleware
from quadrant_platform.components.edge.route_rules import rules
from quadrant_platform.model.expansion.edge import PlannedEdge, PlannedRoute
from quadrant_platform.vocabulary import WHY_ANNOTATION


class RoutesOutputs(NamedTuple):
    """What users call."""

    urls: list[str]


class Routes(Component[PlannedEdge, RoutesOutputs]):
    """The public routes of a system, and their middlewares."""

    token = "edge:Routes"

    @staticmethod
    def manifests(inputs: PlannedEdge) -> Iterator[Manifest]:
        """Yield each used middleware once a namespace, then the routes."""
        used = {(route.namespace, name): None for route in inputs.routes for name in route.spec.middlewares}
        for namespace, name in used:
            yield middleware(inputs, namespace, name)
        for route in inputs.routes:
            yield ingress_route(inputs, route)

    @staticmethod
    def results(inputs: PlannedEdge) -> RoutesOutputs:
        """Return the URL of each route's host, path or prefix."""
        specs = [route.spec for route in inputs.routes]
        paths = {(spec.host, path) for spec in specs for path in (*spec.exact_paths, *spec.prefixes) or ("/",)}
        return RoutesOutputs([f"https://{host}{path}" for host, path in sorted(paths)])


def ingress_route(edge: PlannedEdge, route: PlannedRoute) -> Manifest:
    """Return one router on the encrypted entry point; the certificate is that of the default store."""
    named = edge.topology.object_name
    shared: Manifest = {"services": [backend(route)]}
    if route.spec.middlewares:
        shared["middlewares"] = [{"name": named(route.namespace, used)} for used in route.spec.middlewares]
    found = [{"kind": "Rule", "match": one.match, "priority": one.priority, **shared} for one in rules(route.spec)]
    name, why = named(route.namespace, route.name), {WHY_ANNOTATION: route.spec.why}
    meta = metadata(route.namespace, name, part_of(edge.part_of), why)
    return manifest(API_VERSION, "IngressRoute", meta, {"entryPoints": ["websecure"], "routes": found, "tls": {}})


def backend(route: PlannedRoute) -> Manifest:
    """Return what answers: a Service by name and port, or Traefik's dashboard."""
    if route.backend is None:
        return {"kind": "TraefikService", "name": "api@internal"}
    name, port = route.backend
    found: Manifest = {"kind": "Service", "name": name, "port": port}
    if route.spec.sticky:
        cookie = {"name": f"{name}-affinity", "secure": True, "httpOnly": True, "sameSite": "lax"}
        found["sticky"] = {"cookie": cookie}
    return found
