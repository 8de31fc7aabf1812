"""The plan: a system in an environment, expanded and decided, as the components read it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from quadrant_platform.garbage_collection import collection_paused
from quadrant_platform.model.expansion import planned
from quadrant_platform.model.expansion.configs import PlannedConfig
from quadrant_platform.model.expansion.edge import PlannedEdge
from quadrant_platform.model.expansion.endpoint import Endpoint
from quadrant_platform.model.expansion.external_apis import PlannedApi, guessed_addresses
from quadrant_platform.model.expansion.flows import expand
from quadrant_platform.model.expansion.holders import holders
from quadrant_platform.model.expansion.matrix import Matrix, Row
from quadrant_platform.model.expansion.planner import Planner
from quadrant_platform.model.expansion.queries import within
from quadrant_platform.model.expansion.retention import Retention
from quadrant_platform.model.expansion.topology import Topology, topology
from quadrant_platform.model.expansion.workloads import declared_namespace, in_cluster, jobs, outside
from quadrant_platform.model.schema.datastores import BrokerSpec, ObjectStoreSpec, PoolerSpec
from quadrant_platform.model.schema.delivery import Alert
from quadrant_platform.model.schema.environment import Environment
from quadrant_platform.model.schema.pod_settings import PodSettings
from quadrant_platform.model.schema.service import JobSpec, ServiceSpec
from quadrant_platform.model.schema.system import Secret, System, Vault
from quadrant_platform.model.schema.types import Segment

Declared = TypeVar("Declared")
Found = TypeVar("Found")


@dataclass(frozen=True)
class Plan:
    """Everything that is to be built, decided; pure data."""

    system: System
    environment: Environment
    topology: Topology
    matrix: Matrix
    databases: Mapping[str, planned.PlannedDatabase]
    external_databases: Mapping[str, planned.PlannedExternalDatabase]
    poolers: Mapping[str, planned.Planned[PoolerSpec]]
    caches: Mapping[str, planned.PlannedCache]
    object_stores: Mapping[str, planned.Planned[ObjectStoreSpec]]
    brokers: Mapping[str, planned.Planned[BrokerSpec]]
    services: Mapping[str, planned.PlannedProcess[ServiceSpec]]
    jobs: Mapping[str, planned.PlannedProcess[JobSpec]]
    edge: PlannedEdge | None
    """The public entry; None where the system has no routes."""
    egress: planned.Planned[Mapping[str, PlannedApi]] | None
    """The way out, with its APIs; None where this stage calls none."""
    configs: Mapping[str, PlannedConfig]
    stack: str | None = None
    """The name of the stack; None where a plan is made for no stack."""
    released: frozenset[str] = frozenset()
    """The data that the stack lets go."""

    @property
    def name(self) -> str:
        """Return the name of the installation."""
        return self.topology.name

    @property
    def system_name(self) -> str:
        """Return the system's name, without the prefix of the installation."""
        return self.system.name

    @property
    def prefix(self) -> str:
        """Return what the names of all namespaces begin with."""
        return self.environment.namespace_prefix

    @property
    def stage(self) -> str:
        """Return the environment's stage."""
        return self.environment.name.value

    @property
    def settings(self) -> PodSettings:
        """Return what all pods have in common."""
        return self.environment

    @cached_property
    def rows(self) -> dict[str, tuple[list[Row], list[Row]]]:
        """Return, by endpoint id, the rows that arrive and the rows that leave."""
        return self.matrix.touching()

    def namespace(self, segment: Segment) -> str:
        """Return the namespace of a segment."""
        return self.topology.namespace(segment)

    @property
    def home(self) -> str:
        """Return the namespace of the system's own objects: that of its first segment."""
        return self.namespace(self.topology.segments[0])

    def segment_labels(self, segment: Segment) -> Mapping[str, str]:
        """Return the further labels of a segment's namespace."""
        settings = self.system.segments.get(segment)
        return settings.labels if settings else {}

    @property
    def secrets(self) -> dict[str, Secret]:
        """Return the declared secrets."""
        return self.system.secrets

    @property
    def generates_secrets(self) -> bool:
        """Whether secrets have generated values."""
        return self.environment.secrets == "generated"

    @property
    def vault(self) -> Vault | None:
        """Return the vault that secrets are read from."""
        return None if self.generates_secrets else self.system.vault

    @property
    def alerts(self) -> dict[str, Alert]:
        """Return the declared alerts of this stage."""
        ours = [declared_namespace(self.system, segment) for segment in Segment]
        return {
            name: alert.model_copy(update={"expr": within(alert.expr, ours, self.prefix)})
            for name, alert in self.system.alerts.items()
            if self.environment.name in alert.stages
        }

    @property
    def priorities(self) -> set[str]:
        """Return the names of the priority classes that workloads use."""
        return {workload.priority for workload in self.workloads()}

    @cached_property
    def retention(self) -> Retention:
        """Return what outlives a change that no longer wants it."""
        found = tuple(holders(self.workloads()))
        return Retention(self.environment.protect_data, self.released, found, self.secrets)

    @property
    def former_names(self) -> dict[str, tuple[str, ...]]:
        """Return the former names of every row that had any, by its present one."""
        return {name: row.renamed_from for _, name, row in self.system.renamable() if row.renamed_from}

    @property
    def needs_certificates(self) -> bool:
        """Whether servers or the public entry show certificates."""
        secure = any(one.spec.tls and one.engine == "statefulSet" for one in self.databases.values())
        return secure or (self.edge is not None and self.edge.spec.certificate is not None)

    @property
    def scraped(self) -> list[Endpoint]:
        """Return our own pods that export metrics."""
        return [endpoint for _, endpoint in self.topology.own() if endpoint.metrics is not None]

    def workloads(self) -> Iterator[planned.Planned[Any]]:
        """Yield every planned workload."""
        for kind in (self.services, self.jobs, self.databases, self.poolers, self.object_stores, self.brokers):
            yield from kind.values()
        for cache in self.caches.values():
            yield cache
            if cache.sentinel is not None:
                yield cache.sentinel
        yield from (entry for entry in (self.edge, self.egress) if entry is not None)


@collection_paused()
def plan(system: System, environment: Environment, addresses: Mapping[str, str] | None = None) -> Plan:
    """Expand a system in an environment.

    `addresses` are those of its passthrough APIs, chosen from a cluster; without them, they are guessed.
    """
    where = topology(system, environment)
    matrix = expand(where)
    leaving = {name: rows for name, (_, rows) in matrix.touching().items()}
    planner = Planner(where, leaving, guessed_addresses(system, environment) if addresses is None else addresses)
    return Plan(
        system,
        environment,
        where,
        matrix,
        databases=_each(planner.database, in_cluster(system, environment)),
        external_databases=_each(planner.external_database, outside(system, environment)),
        poolers=_each(planner.pooler, system.poolers),
        caches=_each(planner.cache, system.caches),
        object_stores=_each(planner.object_store, system.object_stores),
        brokers=_each(planner.broker, system.brokers),
        services=_each(planner.service, system.services),
        jobs=_each(planner.job, jobs(system, environment)),
        edge=planner.edge() if "edge" in where.endpoints else None,
        egress=planner.egress() if "egress" in where.endpoints else None,
        configs=planner.configs,
    )


def _each(plan_one: Callable[[str, Declared], Found], declared: Mapping[str, Declared]) -> dict[str, Found]:
    return {name: plan_one(name, spec) for name, spec in declared.items()}
