"""The plan: a system in an environment, expanded and decided, as the components read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from quadrant_platform.garbage_collection import collection_paused
from quadrant_platform.model.expansion.configs import PlannedConfig
from quadrant_platform.model.expansion.edge import PlannedEdge
from quadrant_platform.model.expansion.endpoint import Endpoint
from quadrant_platform.model.expansion.external_apis import PlannedApi
from quadrant_platform.model.expansion.flows import expand
from quadrant_platform.model.expansion.matrix import Matrix, Row
from quadrant_platform.model.expansion.planned import (
    Planned,
    PlannedCache,
    PlannedDatabase,
    PlannedExternalDatabase,
    PlannedProcess,
    PlannedService,
)
from quadrant_platform.model.expansion.planner import Planner
from quadrant_platform.model.expansion.topology import Topology, topology
from quadrant_platform.model.expansion.workloads import in_cluster, jobs
from quadrant_platform.model.schema.datastores import BrokerSpec, ObjectStoreSpec, PoolerSpec
from quadrant_platform.model.schema.delivery import Alert
from quadrant_platform.model.schema.environment import Environment
from quadrant_platform.model.schema.service import JobSpec
from quadrant_platform.model.schema.system import Secret, System, Vault
from quadrant_platform.model.schema.types import Segment


@dataclass(frozen=True)
class Plan:
    """Everything that is to be built, decided; pure data."""

    system: System
    environment: Environment
    topology: Topology
    matrix: Matrix

    @property
    def name(self) -> str:
        """Return the system's name."""
        return self.system.name

    @property
    def stage(self) -> str:
        """Return the environment's stage."""
        return self.environment.name.value

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

    @cached_property
    def _planner(self) -> Planner:
        return Planner(self.topology, {name: leaving for name, (_, leaving) in self.rows.items()})

    @cached_property
    def databases(self) -> dict[str, PlannedDatabase]:
        """Return the databases in the cluster."""
        inside = in_cluster(self.system, self.environment)
        return {name: self._planner.database(name, spec) for name, spec in inside.items()}

    @cached_property
    def external_databases(self) -> dict[str, PlannedExternalDatabase]:
        """Return the databases at an address outside the cluster."""
        return {
            name: PlannedExternalDatabase(name, self.namespace(spec.segment), spec, address)
            for name, spec in self.system.external_databases.items()
            if (address := self.environment.external_databases.get(name)) is not None
        }

    @cached_property
    def poolers(self) -> dict[str, Planned[PoolerSpec]]:
        """Return the poolers."""
        return {name: self._planner.pooler(name, spec) for name, spec in self.system.poolers.items()}

    @cached_property
    def caches(self) -> dict[str, PlannedCache]:
        """Return the caches."""
        return {name: self._planner.cache(name, spec) for name, spec in self.system.caches.items()}

    @cached_property
    def object_stores(self) -> dict[str, Planned[ObjectStoreSpec]]:
        """Return the object stores."""
        return {name: self._planner.object_store(name, spec) for name, spec in self.system.object_stores.items()}

    @cached_property
    def brokers(self) -> dict[str, Planned[BrokerSpec]]:
        """Return the brokers."""
        return {name: self._planner.broker(name, spec) for name, spec in self.system.brokers.items()}

    @cached_property
    def services(self) -> dict[str, PlannedService]:
        """Return the services."""
        return {name: self._planner.service(name, spec) for name, spec in self.system.services.items()}

    @cached_property
    def jobs(self) -> dict[str, PlannedProcess[JobSpec]]:
        """Return the jobs of this stage."""
        return {name: self._planner.job(name, spec) for name, spec in jobs(self.system, self.environment).items()}

    @cached_property
    def edge(self) -> PlannedEdge | None:
        """Return the public entry; None where the system has no routes."""
        return self._planner.edge() if "edge" in self.topology.endpoints else None

    @cached_property
    def egress(self) -> Planned[Mapping[str, PlannedApi]] | None:
        """Return the way out, with its APIs; None where this stage calls none."""
        return self._planner.egress() if "egress" in self.topology.endpoints else None

    @property
    def configs(self) -> dict[str, PlannedConfig]:
        """Return the configuration files."""
        return self._planner.configs

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
        return {name: alert for name, alert in self.system.alerts.items() if self.environment.name in alert.stages}

    @property
    def priorities(self) -> set[str]:
        """Return the names of the priority classes that workloads use."""
        return {workload.priority for workload in self.workloads()}

    @property
    def needs_certificates(self) -> bool:
        """Whether servers or the public entry show certificates."""
        secure = any(one.spec.tls and one.engine == "statefulSet" for one in self.databases.values())
        return secure or (self.edge is not None and self.edge.spec.certificate is not None)

    @property
    def scraped(self) -> list[Endpoint]:
        """Return our own pods that export metrics."""
        return [endpoint for _, endpoint in self.topology.own() if endpoint.metrics is not None]

    def workloads(self) -> Iterator[Planned[Any]]:
        """Yield every planned workload."""
        for kind in (self.services, self.jobs, self.databases, self.poolers, self.object_stores, self.brokers):
            yield from kind.values()
        for cache in self.caches.values():
            yield cache
            if cache.sentinel is not None:
                yield cache.sentinel
        yield from (entry for entry in (self.edge, self.egress) if entry is not None)


@collection_paused()
def plan(system: System, environment: Environment) -> Plan:
    """Expand a system in an environment."""
    where = topology(system, environment)
    return Plan(system, environment, where, expand(where))
