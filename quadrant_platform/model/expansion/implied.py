"""Rows that follow from what a system declares, each marked with its rule and the reason."""

from collections.abc import Callable, Iterator

from quadrant_platform.model.expansion.endpoint import Endpoint, Listener
from quadrant_platform.model.expansion.matrix import Row
from quadrant_platform.model.expansion.topology import Topology
from quadrant_platform.model.expansion.workloads import cache_mode, external_apis, in_cluster
from quadrant_platform.model.schema.exposure import Route

Rule = Callable[[Topology], Iterator[Row]]
DNS_PORTS = (Listener("dns", 53, "UDP"), Listener("dns-tcp", 53))


def dns(topology: Topology) -> Iterator[Row]:
    """Permit every pod to resolve names, over UDP and, for long answers, over TCP."""
    for resolver in (topology.endpoints["dns"], topology.endpoints["dns-cache"]):
        if resolver.labels or resolver.blocks:
            for _, endpoint in topology.own():
                for listener in DNS_PORTS:
                    yield Row(endpoint, resolver, listener, "name resolution", "dns")


def entry(topology: Topology) -> Iterator[Row]:
    """Permit users to reach the public Traefik."""
    edge = topology.endpoints.get("edge")
    if edge is not None:
        for port, why in (("web", "redirect to HTTPS"), ("websecure", "user traffic")):
            yield Row(topology.endpoints["public"], edge, edge.listening(port), why, "entry")


def routes(topology: Topology) -> Iterator[Row]:
    """Permit the public Traefik to reach what a route or a forward-auth middleware names."""
    edge = topology.endpoints.get("edge")
    middlewares = topology.system.edge.middlewares
    for name, route in topology.system.edge.routes.items():
        if edge is None or topology.environment.name not in route.stages:
            continue
        yield from _routed(topology, edge, name, route)
        for used in route.middlewares:
            auth = middlewares[used].forward_auth
            if auth is not None:
                target = topology.endpoints[auth.service]
                yield Row(edge, target, target.listening(auth.port), f"forward-auth {used}", "route")


def _routed(topology: Topology, edge: Endpoint, name: str, route: Route) -> Iterator[Row]:
    target = topology.endpoints.get(route.to)
    if target is not None and target is not edge:
        listener = target.listeners[0] if route.port is None else target.listening(route.port)
        yield Row(edge, target, listener, f"route {name}: {route.why}", "route")


def exits(topology: Topology) -> Iterator[Row]:
    """Permit the egress Traefik, the only way out, to reach the internet."""
    for name, api in external_apis(topology.system, topology.environment).items():
        outside = Listener("https", api.port)
        yield Row(topology.endpoints["egress"], topology.endpoints["internet"], outside, f"calls {name}", "egress")


def api_server(topology: Topology) -> Iterator[Row]:
    """Permit the Kubernetes API to workloads that watch it; without configured addresses to none."""
    server = topology.endpoints["api-server"]
    watchers = [endpoint for _, endpoint in topology.own() if endpoint.kind == "edge" or _by_operator(endpoint)]
    for watcher in watchers if server.blocks else ():
        for port in topology.environment.network.api_server.ports:
            yield Row(watcher, server, Listener("api", port), "watches the Kubernetes API", "api-server")


def metrics(topology: Topology) -> Iterator[Row]:
    """Permit Prometheus to scrape what exports metrics."""
    for _, endpoint in topology.own():
        if endpoint.metrics is not None:
            port = endpoint.listening(endpoint.metrics)
            yield Row(topology.endpoints["monitoring"], endpoint, port, "scrape", "metrics")


def poolers(topology: Topology) -> Iterator[Row]:
    """Permit a pooler to reach its database."""
    for name, pooler in topology.system.poolers.items():
        database = topology.endpoints[pooler.database]
        yield Row(topology.endpoints[name], database, database.listeners[0], "pooled connections", "pooler")


def replication(topology: Topology) -> Iterator[Row]:
    """Permit copies of a cache or broker to follow one another, and Sentinels to watch the cache and to agree."""
    for name, cache in topology.system.caches.items():
        if cache_mode(topology.environment, cache) == "single":
            continue
        pods = topology.endpoints[name]
        yield Row(pods, pods, pods.listeners[0], "replication", "replication")
        sentinels = topology.endpoints.get(f"{name}-sentinel")
        if sentinels is not None:
            watch = sentinels.listeners[0]
            yield Row(sentinels, sentinels, watch, "quorum", "replication")
            yield Row(sentinels, pods, pods.listeners[0], "watches the servers", "replication")
            yield Row(pods, sentinels, watch, "asks for the master at start", "replication")
    for name in topology.system.brokers:
        pods = topology.endpoints[name]
        for listener in pods.listeners:
            yield Row(pods, pods, listener, "replication", "replication")


def operators(topology: Topology) -> Iterator[Row]:
    """Permit CloudNativePG to manage its pods, and those to stream to one another."""
    operator = topology.endpoints["operator:cnpg"]
    for name in in_cluster(topology.system, topology.environment):
        pods = topology.endpoints[name]
        if _by_operator(pods):
            for port in ("postgresql", "status"):
                yield Row(operator, pods, pods.listening(port), "manages the cluster", "operator")
                yield Row(pods, pods, pods.listening(port), "streaming replication", "operator")


def probes(topology: Topology) -> Iterator[Row]:
    """Permit probes of configured node addresses, for network plugins that filter the kubelet."""
    nodes = topology.endpoints["nodes"]
    for _, endpoint in topology.own() if nodes.blocks else ():
        for listener in endpoint.probed:
            yield Row(nodes, endpoint, listener, "kubelet probes", "probes")


RULES: tuple[Rule, ...] = (
    dns, entry, routes, exits, api_server, metrics, poolers, replication, operators, probes,
)  # fmt: skip


def _by_operator(endpoint: Endpoint) -> bool:
    return any(key.startswith("cnpg.io/") for key, _ in endpoint.labels)
