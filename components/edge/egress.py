"""Egress: the only way out, a Traefik with one entry point for each external API."""

from __future__ import annotations

from collections.abc import Iterator

import pulumi

from quadrant_platform.components.base.component import BuildContext, register
from quadrant_platform.components.builders import manifests
from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.components.builders.monitors import service_monitor
from quadrant_platform.components.builders.passthrough import address
from quadrant_platform.components.builders.volumes import egress_service
from quadrant_platform.components.edge import traefik
from quadrant_platform.model.expansion.endpoint import Endpoint
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.expansion.workloads import TRAEFIK_METRICS_PORT, external_apis
from quadrant_platform.model.schema.exposure import ExternalApi

ROUTES_FILE = "routes.yml"
REPLICAS = 2
DROPPED = ("RequestLine", "RequestPath")
"""Access log fields that hold the query, in which some APIs expect their key."""
INTERNAL_HEADERS = (
    "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Proto",
    "X-Forwarded-Server", "X-Real-Ip",
)  # fmt: skip
"""Headers that would tell an outside party about pods."""


class Egress(pulumi.ComponentResource):
    """The egress Traefik with its routes, and a Service for each external API."""

    def __init__(self, name: str, args: BuildContext, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("quadrant:edge:Egress", name, None, opts)
        for manifest in objects(args.plan):
            register(self, manifest, args)
        self.register_outputs({})


def objects(plan: Plan) -> Iterator[Manifest]:
    """Yield the egress Traefik; nothing where this stage calls no external API."""
    endpoint = plan.topology.endpoints.get("egress")
    if endpoint is None:
        return
    labels = traefik.labels_of(plan, endpoint)
    yield from traefik.objects(plan, instance(plan, endpoint))
    scraped = {port.number: port for port in endpoint.listeners if port.name == endpoint.metrics}
    yield manifests.service(endpoint, labels, ports=scraped)
    yield service_monitor(plan, endpoint, labels)
    for name, api in external_apis(plan.system, plan.environment).items():
        yield api_service(plan, endpoint, name, api)


def instance(plan: Plan, endpoint: Endpoint) -> traefik.Instance:
    """Return what is particular to the egress instance: no token, and routes from a file only."""
    return traefik.Instance(
        endpoint, copies(plan), static(plan), {ROUTES_FILE: routes(plan)}, probed=TRAEFIK_METRICS_PORT
    )


def copies(plan: Plan) -> int:
    """Return how many egress Traefiks share a limit."""
    return traefik.replicas(plan, REPLICAS)


def static(plan: Plan) -> Manifest:
    """Return the static settings: an entry point for each API, and no API of Traefik's own."""
    apis = external_apis(plan.system, plan.environment)
    entry_points = {
        name: {"address": f":{api.egress_port}", "transport": traefik.transport()} for name, api in apis.items()
    }
    return {
        **traefik.settings(plan, "metrics", DROPPED),
        "entryPoints": {**entry_points, "metrics": {"address": f":{TRAEFIK_METRICS_PORT}"}},
        "providers": {"file": {"filename": f"{traefik.CONFIG_DIR}/{ROUTES_FILE}", "watch": False}},
    }


def routes(plan: Plan) -> Manifest:
    """Return the routes: requests to a base URL by HTTP, names that stay verbatim by TLS unread."""
    result: Manifest = {}
    for name, api in external_apis(plan.system, plan.environment).items():
        protocol, parts = ("tcp", passed_through(name, api)) if api.mode == "passthrough" else ("http", None)
        for part, entries in (parts or forwarded(plan, name, api)).items():
            result.setdefault(protocol, {}).setdefault(part, {}).update(entries)
    return result


def passed_through(name: str, api: ExternalApi) -> Manifest:
    """Return the parts of a route that carries TLS unread to the one host that it names."""
    router = {"entryPoints": [name], "rule": f"HostSNI(`{api.host}`)", "service": name, "tls": {"passthrough": True}}
    servers = [{"address": f"{api.host}:{api.port}"}]
    return {
        "routers": {name: router},
        "services": {name: {"loadBalancer": {"servers": servers, "serversTransport": name}}},
        "serversTransports": {name: {"dialTimeout": traefik.go_duration(api.timeout)}},
    }


def forwarded(plan: Plan, name: str, api: ExternalApi) -> Manifest:
    """Return the parts of a route that encrypts requests and sends them to the one host that it names.

    Traefik repeats a request only while nothing of it was sent, so no POST reaches the API twice.
    """
    middlewares = guards(plan, name, api)
    upstream = {
        "servers": [{"url": f"https://{api.host}:{api.port}"}],
        "passHostHeader": True,
        "serversTransport": name,
    }
    timeouts = {"dialTimeout": "10s", "responseHeaderTimeout": traefik.go_duration(api.timeout)}
    router = {"entryPoints": [name], "rule": "PathPrefix(`/`)", "service": name, "middlewares": list(middlewares)}
    return {
        "routers": {name: router},
        "middlewares": middlewares,
        "services": {name: {"loadBalancer": upstream}},
        "serversTransports": {name: {"serverName": api.host, "forwardingTimeouts": timeouts}},
    }


def guards(plan: Plan, name: str, api: ExternalApi) -> Manifest:
    """Return an API's middlewares in their order; the host comes first, as the limits count by it."""
    blank = dict.fromkeys(INTERNAL_HEADERS, "")
    found: Manifest = {f"{name}-host": {"headers": {"customRequestHeaders": {"Host": api.host, **blank}}}}
    per_host: Manifest = {"sourceCriterion": {"requestHost": True}}
    if api.rate_limit is not None:
        limit = api.rate_limit
        share = traefik.rate_limit(limit.average, limit.period, limit.burst, copies(plan))
        found[f"{name}-rate"] = {"rateLimit": share | per_host}
    if api.in_flight is not None:
        found[f"{name}-in-flight"] = {"inFlightReq": {"amount": traefik.share(api.in_flight, copies(plan)), **per_host}}
    if api.retries > 0:
        found[f"{name}-retry"] = {"retry": {"attempts": api.retries + 1, "initialInterval": "100ms"}}
    return found


def api_service(plan: Plan, endpoint: Endpoint, name: str, api: ExternalApi) -> Manifest:
    """Return the Service of one API; one that keeps its name answers on a fixed address and on the port of its URL."""
    passthrough = api.mode == "passthrough"
    ports = [(api.port if passthrough else api.egress_port, port) for port in endpoint.listeners if port.name == name]
    labels = {"app.kubernetes.io/part-of": plan.system.name}
    result = manifests.service(endpoint, labels, name=egress_service(name), ports=dict(ports))
    if passthrough:
        result["spec"]["clusterIP"] = address(plan, name)
    return result
