"""Our own pods: every workload that a system runs in an environment, with its ports and labels."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Literal

from quadrant_platform.model.expansion.endpoint import Endpoint, EndpointKind, Listener
from quadrant_platform.model.schema.datastores import CacheSpec, DatabaseSpec, ExternalDatabaseSpec
from quadrant_platform.model.schema.environment import Environment
from quadrant_platform.model.schema.exposure import ExternalApi
from quadrant_platform.model.schema.service import ContainerSpec, JobSpec
from quadrant_platform.model.schema.system import System
from quadrant_platform.model.schema.types import Segment
from quadrant_platform.vocabulary import CLUSTER_LABEL, COMPONENT_LABEL, NAME_LABEL, PART_OF_LABEL

HTTP_PORT, HTTPS_PORT, DASHBOARD_PORT, TRAEFIK_METRICS_PORT = 8000, 8443, 8080, 9100
"""Traefik's container ports, unprivileged behind the Service's 80 and 443."""
REDIS_EXPORTER_PORT, POSTGRES_EXPORTER_PORT, POOLER_EXPORTER_PORT, CLICKHOUSE_METRICS_PORT = 9121, 9187, 9127, 9363
SENTINEL_PORT, CNPG_STATUS_PORT, CNPG_PORT, KAFKA_CONTROLLER_PORT = 26379, 8000, 5432, 9093
SENTINEL_MEMBERS = 3
"""Servers under Sentinel, and Sentinels: the fewest of which one may fail and a majority remains."""

Named = Iterator[tuple[str, Endpoint]]


def installation_name(system: System, environment: Environment) -> str:
    """Return the name of an installation: that of the system, after the prefix of its namespaces."""
    return f"{environment.namespace_prefix}{system.name}"


def selector(system: str, workload: str) -> dict[str, str]:
    """Return the labels that select one workload's pods."""
    return {NAME_LABEL: workload, PART_OF_LABEL: system}


def namespace_of(system: System, environment: Environment, segment: Segment) -> str:
    """Return a segment's namespace in an environment."""
    return f"{environment.namespace_prefix}{declared_namespace(system, segment)}"


def declared_namespace(system: System, segment: Segment) -> str:
    """Return a segment's namespace without a prefix: the system's own name for it, else `<system>-<segment>`."""
    settings = system.segments.get(segment)
    return (settings.namespace if settings else None) or f"{system.name}-{segment}"


def in_cluster(system: System, environment: Environment) -> dict[str, DatabaseSpec]:
    """Return the databases that run in the cluster: all but external ones with an address."""
    inside = {name: db for name, db in system.external_databases.items() if name not in environment.external_databases}
    return {**system.databases, **inside}


def outside(system: System, environment: Environment) -> dict[str, ExternalDatabaseSpec]:
    """Return the databases that listen at an address outside the cluster."""
    return {name: db for name, db in system.external_databases.items() if name in environment.external_databases}


def jobs(system: System, environment: Environment) -> dict[str, JobSpec]:
    """Return the jobs of this stage."""
    return {name: job for name, job in system.jobs.items() if environment.name in job.stages}


def external_apis(system: System, environment: Environment) -> dict[str, ExternalApi]:
    """Return the external APIs of this stage."""
    return {name: api for name, api in system.external_apis.items() if environment.name in api.stages}


def cache_mode(environment: Environment, cache: CacheSpec) -> Literal["single", "replica", "sentinel"]:
    """Return the mode in which a cache runs here; single copies drop replicas, but keep Sentinel."""
    if environment.cache_mode == "single" or (environment.copies == "single" and cache.mode == "replica"):
        return "single"
    return cache.mode


def workloads(system: System, environment: Environment) -> Named:
    """Iterate over our own pods by the name that flows use; the Traefiks are `edge` and `egress`."""
    for kind in (_services, _jobs, _databases, _poolers, _caches, _object_stores, _brokers, _edge, _egress):
        yield from kind(system, environment)


def _pods(
    system: System,
    environment: Environment,
    name: str,
    kind: EndpointKind,
    segment: Segment,
    listeners: Iterable[Listener],
    *,
    labels: Mapping[str, str] | None = None,
    data_name: str | None = None,
    metrics: str | None = None,
    probes: tuple[str, ...] = (),
) -> Endpoint:
    """Return some pods; those with data have the label of the name under which it began, which never changes."""
    namespace, part_of = namespace_of(system, environment, segment), installation_name(system, environment)
    chosen = tuple(sorted((labels or selector(part_of, data_name or name)).items()))
    return Endpoint(name, kind, namespace, chosen, tuple(listeners), (), segment, metrics, probes)


def _services(system: System, environment: Environment) -> Named:
    for name, service in system.services.items():
        listeners = (Listener(port, number) for port, number in service.ports.items())
        metrics = service.metrics.port if service.metrics else None
        probes = (service.probes.port or next(iter(service.ports)),)
        pods = partial(_pods, system, environment, name, "service", service.segment, data_name=_began(name, service))
        yield name, pods(listeners, metrics=metrics, probes=probes)


def _jobs(system: System, environment: Environment) -> Named:
    for name, job in jobs(system, environment).items():
        yield name, _pods(system, environment, name, "job", job.segment, (), data_name=_began(name, job))


def _began(name: str, process: ContainerSpec) -> str | None:
    """Return the name under which the claims of a service or a job began, where it has any."""
    return process.data_name(name) if process.persistent else None


def _databases(system: System, environment: Environment) -> Named:
    for name, database in in_cluster(system, environment).items():
        began, here = database.data_name(name), partial(_pods, system, environment, name, "database", database.segment)
        pods = partial(here, data_name=began, metrics="metrics")
        if database.engine == "clickhouse":
            yield name, pods(_clickhouse_listeners(database), probes=("http",))
        elif environment.databases == "statefulSet":
            yield name, pods(_postgresql_listeners(database), probes=("metrics",))
        else:
            # The operator's initdb and join jobs carry these two labels as well, and need the same rows.
            labels = {CLUSTER_LABEL: began, COMPONENT_LABEL: "database"}
            status = Listener("status", CNPG_STATUS_PORT)
            yield name, pods((*_postgresql_listeners(database), status), labels=labels, probes=("status",))


def _postgresql_listeners(database: DatabaseSpec) -> tuple[Listener, ...]:
    return (Listener("postgresql", database.port), Listener("metrics", POSTGRES_EXPORTER_PORT))


def _clickhouse_listeners(database: DatabaseSpec) -> tuple[Listener, ...]:
    native = Listener("native", database.port)
    metrics = Listener("metrics", CLICKHOUSE_METRICS_PORT)
    return (native, Listener("http", database.http_port), metrics) if database.http_port else (native, metrics)


def _poolers(system: System, environment: Environment) -> Named:
    for name, pooler in system.poolers.items():
        managed = environment.databases == "cloudNativePg"
        labels = {"cnpg.io/poolerName": name} if managed else None
        # The operator's pods always listen on PostgreSQL's own port; their Service has the declared one.
        own = Listener("pgbouncer", CNPG_PORT, published=pooler.port) if managed else None
        listeners = (own or Listener("pgbouncer", pooler.port), Listener("metrics", POOLER_EXPORTER_PORT))
        pods = partial(_pods, system, environment, name, "pooler", pooler.segment, listeners, labels=labels)
        yield name, pods(metrics="metrics", probes=("pgbouncer",) if managed else ("pgbouncer", "metrics"))


def _caches(system: System, environment: Environment) -> Named:
    for name, cache in system.caches.items():
        listeners = (Listener("redis", cache.port), Listener("metrics", REDIS_EXPORTER_PORT))
        began, here = cache.data_name(name), partial(_pods, system, environment)
        pods = partial(here, name, "cache", cache.segment, listeners, data_name=began)
        yield name, pods(metrics="metrics", probes=("metrics",))
        if cache_mode(environment, cache) == "sentinel":
            watch, own = (Listener("sentinel", SENTINEL_PORT),), f"{name}-sentinel"
            yield own, here(own, "sentinel", cache.segment, watch, data_name=f"{began}-sentinel")


def _object_stores(system: System, environment: Environment) -> Named:
    for name, store in system.object_stores.items():
        console = (Listener("console", store.console_port),) if store.console_port else ()
        listeners = (Listener("s3", store.port), *console)
        pods = partial(_pods, system, environment, name, "objectStore", store.segment)
        yield name, pods(listeners, data_name=store.data_name(name), probes=("s3",))


def _brokers(system: System, environment: Environment) -> Named:
    for name, broker in system.brokers.items():
        listeners = (Listener("kafka", broker.port), Listener("controller", KAFKA_CONTROLLER_PORT))
        pods = partial(_pods, system, environment, name, "broker", broker.segment)
        yield name, pods(listeners, data_name=broker.data_name(name), probes=("kafka",))


def _edge(system: System, environment: Environment) -> Named:
    if system.edge.routes:
        listeners = (
            Listener("web", HTTP_PORT),
            Listener("websecure", HTTPS_PORT),
            Listener("dashboard", DASHBOARD_PORT),
            Listener("metrics", TRAEFIK_METRICS_PORT),
        )
        pods = partial(_pods, system, environment, "traefik", "edge", Segment.FRONTEND)
        yield "edge", pods(listeners, metrics="metrics", probes=("dashboard",))


def _egress(system: System, environment: Environment) -> Named:
    apis = external_apis(system, environment)
    if apis:
        listeners = [Listener(name, api.egress_port) for name, api in apis.items()]
        listeners.append(Listener("metrics", TRAEFIK_METRICS_PORT))
        pods = partial(_pods, system, environment, "traefik-egress", "egress", Segment.FRONTEND)
        yield "egress", pods(listeners, metrics="metrics", probes=("metrics",))
