"""Egress: the only way out, a Traefik with one entry point for each external API."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from quadrant_platform.components.base.component import Component, Names
from quadrant_platform.components.builders.manifests import Manifest, part_of
from quadrant_platform.components.builders.workload import Workload
from quadrant_platform.components.edge import traefik
from quadrant_platform.components.edge.route_rules import ONLY
from quadrant_platform.model.expansion.external_apis import PlannedApi
from quadrant_platform.model.expansion.planned import Planned
from quadrant_platform.model.expansion.workloads import TRAEFIK_METRICS_PORT
from quadrant_platform.model.schema.exposure import ExternalApi

PlannedEgress: TypeAlias = Planned[Mapping[str, PlannedApi]]
ROUTES_FILE = "routes.yml"
DROPPED = ("RequestLine", "RequestPath")
"""Access log fields that hold the query, in which some APIs expect their key."""
INTERNAL_HEADERS = (
    "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Proto",
    "X-Forwarded-Server", "X-Real-Ip",
)  # fmt: skip
"""Headers that would disclose pods to an outside party."""


class Egress(Component[PlannedEgress, Names]):
    """The egress Traefik with its routes, and a Service for each external API."""

    token = "edge:Egress"

    @staticmethod
    def manifests(inputs: PlannedEgress) -> Iterator[Manifest]:
        """Yield the egress Traefik and the Services of the APIs."""
        w = Workload(inputs)
        instance = traefik.Instance(static(inputs), {ROUTES_FILE: routes(inputs)}, probed=TRAEFIK_METRICS_PORT)
        yield from traefik.manifests(w, instance, w.name)
        for api in inputs.spec.values():
            yield api_service(w, api)

    @staticmethod
    def results(inputs: PlannedEgress) -> Names:
        """Return the hosts that workloads call."""
        return Names([api.host for api in inputs.spec.values()])


def static(egress: PlannedEgress) -> Manifest:
    """Return the static settings: an entry point for each API, and no API of Traefik's own."""
    entry_points = {name: outward(api.spec.egress_port) for name, api in egress.spec.items()}
    return {
        **traefik.settings(egress, "metrics", DROPPED),
        "entryPoints": {**entry_points, "metrics": traefik.internal(TRAEFIK_METRICS_PORT)},
        "providers": {"file": {"filename": f"{traefik.CONFIG_DIR}/{ROUTES_FILE}", "watch": False}},
    }


def outward(port: int) -> Manifest:
    """Return the entry point of an API, whose paths pass as they are written."""
    return {"address": f":{port}", "transport": traefik.transport(), "http": traefik.paths(encoded=True)}


def routes(egress: PlannedEgress) -> Manifest:
    """Return the routes: requests to a base URL by HTTP, names that stay verbatim by TLS unread."""
    result: Manifest = {}
    for name, api in egress.spec.items():
        passthrough = api.spec.mode == "passthrough"
        parts = passed_through(name, api.spec) if passthrough else forwarded(egress.copies, name, api.spec)
        for part, entries in parts.items():
            result.setdefault("tcp" if passthrough else "http", {}).setdefault(part, {}).update(entries)
    return result


def passed_through(name: str, api: ExternalApi) -> Manifest:
    """Return the parts of a route that carries TLS unread to the one host that it names."""
    router = {
        "entryPoints": [name],
        "rule": f"HostSNI(`{api.host}`)",
        "priority": ONLY,
        "service": name,
        "tls": {"passthrough": True},
    }
    servers = [{"address": f"{api.host}:{api.port}"}]
    return {
        "routers": {name: router},
        "services": {name: {"loadBalancer": {"servers": servers, "serversTransport": name}}},
        "serversTransports": {name: {"dialTimeout": traefik.go_duration(api.timeout)}},
    }


def forwarded(copies: int, name: str, api: ExternalApi) -> Manifest:
    """Return the parts of a route that encrypts requests and sends them to the one host that it names.

    Traefik repeats a request only while nothing of it was sent, so no POST reaches the API twice.
    """
    middlewares = guards(copies, name, api)
    upstream = {
        "servers": [{"url": f"https://{api.host}:{api.port}"}],
        "passHostHeader": True,
        "serversTransport": name,
    }
    timeouts = {"dialTimeout": "10s", "responseHeaderTimeout": traefik.go_duration(api.timeout)}
    router = {
        "entryPoints": [name],
        "rule": "PathPrefix(`/`)",
        "priority": ONLY,
        "service": name,
        "middlewares": list(middlewares),
    }
    return {
        "routers": {name: router},
        "middlewares": middlewares,
        "services": {name: {"loadBalancer": upstream}},
        "serversTransports": {name: {"serverName": api.host, "forwardingTimeouts": timeouts}},
    }


def guards(copies: int, name: str, api: ExternalApi) -> Manifest:
    """Return an API's middlewares in their order; the host is set first, as the limits count by it."""
    blank = dict.fromkeys(INTERNAL_HEADERS, "")
    found: Manifest = {f"{name}-host": {"headers": {"customRequestHeaders": {"Host": api.host, **blank}}}}
    per_host: Manifest = {"sourceCriterion": {"requestHost": True}}
    if api.rate_limit is not None:
        limit = api.rate_limit
        share = traefik.rate_limit(limit.average, limit.period, limit.burst, copies)
        found[f"{name}-rate"] = {"rateLimit": share | per_host}
    if api.in_flight is not None:
        found[f"{name}-in-flight"] = {"inFlightReq": {"amount": traefik.share(api.in_flight, copies), **per_host}}
    if api.retries > 0:
        found[f"{name}-retry"] = {"retry": {"attempts": api.retries + 1, "initialInterval": "100ms"}}
    return found


def api_service(w: Workload, api: PlannedApi) -> Manifest:
    """Return the Service of one API; one that keeps its name answers on a fixed address and on the port of its URL."""
    number = api.spec.port if api.address else api.spec.egress_port
    fixed = {"clusterIP": api.address} if api.address else {}
    return w.service(api.service, {number: w.ports[api.name]}, labels=part_of(w.planned.part_of), **fixed)
