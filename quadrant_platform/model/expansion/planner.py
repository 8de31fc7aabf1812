"""The planner: binds what a system declares to what its environment decides."""

from collections.abc import Iterable, Mapping
from typing import Any

from quadrant_platform.model.expansion import planned
from quadrant_platform.model.expansion.configs import planned_configs
from quadrant_platform.model.expansion.edge import PlannedEdge, planned_routes
from quadrant_platform.model.expansion.external_apis import PlannedApi, planned_apis
from quadrant_platform.model.expansion.matrix import Row
from quadrant_platform.model.expansion.programs import Calls, program
from quadrant_platform.model.expansion.topology import Topology
from quadrant_platform.model.expansion.workloads import SENTINEL_MEMBERS, cache_mode, in_cluster
from quadrant_platform.model.schema import datastores
from quadrant_platform.model.schema.service import TIERS, Autoscaling, JobSpec, ServiceSpec, Sizing
from quadrant_platform.model.schema.types import Segment, Stage, seconds
from quadrant_platform.vocabulary import PURPOSE_LABEL

TRAEFIK = Sizing(tier=3)
EGRESS_COPIES = 2


class Planner:
    """Plans one workload after the other."""

    def __init__(self, topology: Topology, leaving: Mapping[str, Iterable[Row]], addresses: Mapping[str, str]) -> None:
        """Take the rows that leave each endpoint, by its id, and the addresses of passthrough APIs."""
        self.topology, self.leaving = topology, leaving
        self.system, self.environment = topology.system, topology.environment
        self.apis = planned_apis(self.system, self.environment, addresses)
        self.configs = planned_configs(topology)

    def copies(self, declared: int) -> int:
        """Return how many copies run: one where the environment runs single copies."""
        return 1 if self.environment.copies == "single" else declared

    def secrets(self, *names: str) -> tuple[planned.SecretFiles, ...]:
        """Return the files of some secrets."""
        return tuple(planned.SecretFiles(name, tuple(self.system.secrets[name].keys)) for name in names)

    def bound(
        self,
        name: str,
        sizing: Sizing,
        labels: Mapping[str, str] | None = None,
        attached: Iterable[Segment] = (),
        level: str = "critical",
    ) -> dict[str, Any]:
        """Return what all workloads have: by default at the level of those that every other one needs."""
        endpoint, environment = self.topology.endpoints[name], self.environment
        leads = {row.target.namespace for row in self.leaving[endpoint.id] if row.target.isolated}
        shares, installation = environment.requests, self.topology.name
        profile = sizing.profiles.get(environment.size_profile or "")
        return {
            "endpoint": endpoint,
            "share": (shares.services if endpoint.kind in planned.APPLICATION_KINDS else shares.stores) / 100,
            "settings": environment,
            "own_image": environment.images.get(endpoint.name),
            "labels": {**planned.workload_labels(installation, endpoint, sizing.tier, attached), **(labels or {})},
            "limits": profile or sizing.size or TIERS[sizing.tier],
            "priority": f"{installation}-{level}",
            "domain": environment.network.cluster_domain,
            "searches": tuple(sorted(leads - {endpoint.namespace})),
        }

    def database(self, name: str, spec: datastores.DatabaseSpec) -> planned.PlannedDatabase:
        """Plan a database in the cluster."""
        backup, vault = self.system.backup, self.system.vault
        owner = next(iter(self.system.secrets[spec.password].keys.values()))
        engine = "clickhouse" if spec.engine == "clickhouse" else self.environment.databases
        return planned.PlannedDatabase(
            spec=spec,
            engine=engine,
            copies=self.copies(1 + spec.replicas) if engine == "cloudNativePg" else 1,
            secrets=self.secrets(spec.password),
            archive_interval=backup.wal_archive_interval if backup else None,
            owner_key=(vault, owner) if vault and self.environment.secrets == "vault" else None,
            **self.bound(name, spec.resources, spec.labels),
        )

    def external_database(self, name: str, spec: datastores.ExternalDatabaseSpec) -> planned.PlannedExternalDatabase:
        """Plan a database at an address outside the cluster."""
        address = self.environment.external_databases[name]
        return planned.PlannedExternalDatabase(name, self.topology.namespace(spec.segment), spec, address)

    def pooler(self, name: str, spec: datastores.PoolerSpec) -> planned.Planned[datastores.PoolerSpec]:
        """Plan a pooler; an operator's finds its users by itself."""
        database = in_cluster(self.system, self.environment)[spec.database]
        secrets = self.secrets(database.password) if self.environment.databases == "statefulSet" else ()
        bound = self.bound(name, spec.resources)
        return planned.Planned(spec=spec, copies=self.copies(spec.instances), secrets=secrets, **bound)

    def cache(self, name: str, spec: datastores.CacheSpec) -> planned.PlannedCache:
        """Plan a cache, and its Sentinels where it runs under them."""
        mode = cache_mode(self.environment, spec)
        secrets = self.secrets(spec.password)
        sentinel = None
        if mode == "sentinel":
            bound = self.bound(f"{name}-sentinel", Sizing(tier=3), spec.labels)
            sentinel = planned.Planned(spec=spec, copies=SENTINEL_MEMBERS, secrets=secrets, **bound)
        return planned.PlannedCache(
            spec=spec,
            mode=mode,
            copies={"single": 1, "replica": 1 + spec.replicas, "sentinel": SENTINEL_MEMBERS}[mode],
            secrets=secrets,
            sentinel=sentinel,
            overlap=self.overlap(),
            **self.bound(name, spec.resources, spec.labels),
        )

    def overlap(self) -> int:
        """Return the minutes for which a former password counts: the last copy follows within half of them."""
        vault = self.system.vault
        return max(2 * seconds(vault.refresh) // 60, 5) if vault else planned.PlannedCache.overlap

    def object_store(self, name: str, spec: datastores.ObjectStoreSpec) -> planned.Planned[datastores.ObjectStoreSpec]:
        """Plan an object store."""
        secrets = self.secrets(spec.access_key, spec.secret_key)
        return planned.Planned(spec=spec, secrets=secrets, **self.bound(name, spec.resources, spec.labels))

    def broker(self, name: str, spec: datastores.BrokerSpec) -> planned.Planned[datastores.BrokerSpec]:
        """Plan a broker."""
        bound = self.bound(name, spec.resources, spec.labels)
        return planned.Planned(spec=spec, copies=self.copies(spec.instances), **bound)

    def service(self, name: str, spec: ServiceSpec) -> planned.PlannedProcess[ServiceSpec]:
        """Plan a service."""
        scaling = spec.replicas if isinstance(spec.replicas, Autoscaling) else None
        least = spec.replicas if isinstance(spec.replicas, int) else spec.replicas.min
        level = spec.priority or planned.LEVEL_OF_TIER[spec.resources.tier]
        return planned.PlannedProcess(
            spec=spec,
            copies=self.copies(least),
            autoscaling=scaling if self.environment.copies == "declared" else None,
            **self._process(name, spec),
            **self.bound(name, spec.resources, spec.labels, spec.attached, level),
        )

    def job(self, name: str, spec: JobSpec) -> planned.PlannedProcess[JobSpec]:
        """Plan a job."""
        return planned.PlannedProcess(
            spec=spec,
            **self._process(name, spec),
            **self.bound(name, spec.resources, {PURPOSE_LABEL: spec.purpose}, spec.attached, "supporting"),
        )

    def edge(self) -> PlannedEdge:
        """Plan the public entry."""
        spec = self.system.edge
        return PlannedEdge(
            spec=spec,
            copies=self.copies(spec.replicas),
            topology=self.topology,
            routes=planned_routes(self.topology),
            for_developers=self.environment.name is Stage.DEV,
            **self.bound("edge", TRAEFIK, attached=spec.attached),
        )

    def egress(self) -> planned.Planned[Mapping[str, PlannedApi]]:
        """Plan the way out."""
        return planned.Planned(spec=self.apis, copies=self.copies(EGRESS_COPIES), **self.bound("egress", TRAEFIK))

    def _process(self, name: str, spec: ServiceSpec | JobSpec) -> dict[str, Any]:
        rows = self.leaving[self.topology.endpoints[name].id]
        ports = {row.listener.number for row in rows if row.target.kind == "egress"}
        apis = [api for _, api in sorted(self.apis.items()) if api.spec.egress_port in ports]
        return {
            "program": program(name, spec, Calls(self.topology, rows, apis)),
            "configs": tuple(self.configs[config] for config in spec.config),
            "secrets": self.secrets(*spec.secrets),
            "passthrough": tuple(api for api in apis if api.address),
        }
