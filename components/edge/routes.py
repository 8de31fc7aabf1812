"""Routes: the public routers, each in the namespace of what it leads to, with the middlewares it uses beside it."""

from __future__ import annotations

from collections.abc import Iterator

import pulumi

from quadrant_platform.components.base.component import BuildContext, register
from quadrant_platform.components.builders.manifests import Manifest, metadata
from quadrant_platform.components.edge import traefik
from quadrant_platform.components.edge.middlewares import API_VERSION, host_rule, labels, middleware
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.schema.exposure import DASHBOARD, Route
from quadrant_platform.model.schema.types import Segment


class Routes(pulumi.ComponentResource):
    """The public routes of a system, and their middlewares."""

    def __init__(self, name: str, args: BuildContext, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("quadrant:edge:Routes", name, None, opts)
        for manifest in objects(args.plan):
            register(self, manifest, args)
        self.register_outputs({})


def objects(plan: Plan) -> Iterator[Manifest]:
    """Yield each used middleware once a namespace, then the routes."""
    routes = active(plan)
    used = {(home(plan, route), name): None for route in routes.values() for name in route.middlewares}
    for namespace, name in used:
        yield middleware(plan, namespace, name)
    for name, route in routes.items():
        yield ingress_route(plan, name, route)


def active(plan: Plan) -> dict[str, Route]:
    """Return the routes of this stage."""
    return {name: route for name, route in plan.system.edge.routes.items() if plan.environment.name in route.stages}


def home(plan: Plan, route: Route) -> str:
    """Return the namespace of what a route leads to; Traefik's own where it leads to the dashboard."""
    if route.to == DASHBOARD:
        return plan.namespace(Segment.FRONTEND)
    return plan.topology.endpoints[route.to].namespace


def namespaces(plan: Plan) -> list[str]:
    """Return the namespaces that hold routes, and Traefik's own with its certificate."""
    return sorted({plan.namespace(Segment.FRONTEND), *(home(plan, route) for route in active(plan).values())})


def ingress_route(plan: Plan, name: str, route: Route) -> Manifest:
    """Return one router on the encrypted entry point; the certificate is that of the default store."""
    rule: Manifest = {"kind": "Rule", "match": match(route), "services": [backend(plan, route)]}
    if route.priority is not None:
        rule["priority"] = route.priority
    if route.middlewares:
        rule["middlewares"] = [{"name": used} for used in route.middlewares]
    return {
        "apiVersion": API_VERSION,
        "kind": "IngressRoute",
        "metadata": metadata(home(plan, route), name, labels(plan), {"quadrant.dev/why": route.why}),
        "spec": {"entryPoints": ["websecure"], "routes": [rule], "tls": {}},
    }


def match(route: Route) -> str:
    """Return the rule: host, then path, then headers."""
    parts = [host_rule(route.host)]
    if route.path is not None:
        parts.append(f"Path(`{route.path}`)")
    prefixes = " || ".join(f"PathPrefix(`{prefix}`)" for prefix in route.prefixes)
    if prefixes:
        parts.append(f"({prefixes})" if len(route.prefixes) > 1 else prefixes)
    parts.extend(f"Header(`{key}`, `{value}`)" for key, value in route.headers.items())
    return " && ".join(parts)


def backend(plan: Plan, route: Route) -> Manifest:
    """Return what answers: a Service by name and port, or Traefik's dashboard."""
    if route.to == DASHBOARD:
        return {"kind": "TraefikService", "name": "api@internal"}
    name, port = _service(plan, route)
    found: Manifest = {"kind": "Service", "name": name, "port": port}
    if route.sticky:
        cookie = {"name": f"{name}-affinity", "secure": True, "httpOnly": True, "sameSite": "lax"}
        found["sticky"] = {"cookie": cookie}
    return found


def _service(plan: Plan, route: Route) -> tuple[str, int]:
    if route.alias is not None:
        return route.alias, plan.system.services[route.to].aliases[route.alias]
    kind, _, operator = route.to.partition(":")
    port = traefik.service_port(plan, route.to, route.port)
    if kind == "operator":
        return plan.environment.control_peers[operator].service or operator, port
    return route.to, port
