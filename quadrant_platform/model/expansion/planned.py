"""Planned workloads: what a system declares of one, with what its environment decides about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, Literal, NamedTuple, TypeVar

from quadrant_platform.model.expansion.configs import PlannedConfig
from quadrant_platform.model.expansion.endpoint import Endpoint
from quadrant_platform.model.expansion.external_apis import PlannedApi
from quadrant_platform.model.expansion.programs import Program, service_names
from quadrant_platform.model.schema.datastores import CacheSpec, DatabaseSpec, ExternalDatabaseSpec
from quadrant_platform.model.schema.environment import ExternalAddress
from quadrant_platform.model.schema.pod_settings import PodSettings
from quadrant_platform.model.schema.quantities import Bytes, Cpu
from quadrant_platform.model.schema.service import SECRETS_DIR, Autoscaling, ContainerSpec, Size
from quadrant_platform.model.schema.system import Vault, VaultKey
from quadrant_platform.model.schema.types import Segment
from quadrant_platform.vocabulary import (
    ATTACHED_PREFIX,
    CLUSTER_LABEL,
    COMPONENT_LABEL,
    NAME_LABEL,
    PART_OF_LABEL,
    SEGMENT_LABEL,
    TIER_LABEL,
)

Spec = TypeVar("Spec")
Process = TypeVar("Process", bound=ContainerSpec)
Level = Literal["critical", "important", "supporting"]
LEVEL_OF_TIER: dict[int, Level] = {1: "critical", 2: "important", 3: "supporting"}
APPLICATION_KINDS = ("service", "job", "edge", "egress")
"""Kinds of workload whose requests are the services' share of their limits; all others are stores."""


def workload_labels(system: str, endpoint: Endpoint, tier: int, attached: Iterable[Segment] = ()) -> dict[str, str]:
    """Return the labels of a workload's pods: who it is, where it lives, which segments it is attached to."""
    labels = {**endpoint.selector, COMPONENT_LABEL: endpoint.kind, PART_OF_LABEL: system, TIER_LABEL: str(tier)}
    if endpoint.segment is not None:
        labels[SEGMENT_LABEL] = endpoint.segment.value
    return labels | {f"{ATTACHED_PREFIX}{segment}": "true" for segment in attached}


class SecretFiles(NamedTuple):
    """A Secret and its keys, each a file."""

    name: str
    keys: tuple[str, ...]

    @property
    def path(self) -> str:
        """Return where a container finds the first file."""
        return f"{SECRETS_DIR}/{self.keys[0]}"


class Server(NamedTuple):
    """What a client needs to log in to a database, or to a pooler in front of one."""

    service: str
    port: int
    database: str
    user: str
    secret: str
    tls: bool
    cluster: str
    """The name under which its data began, by which an operator knows it."""


@dataclass(frozen=True)
class Planned(Generic[Spec]):
    """One of our workloads: how many copies, how big, and with what settings."""

    spec: Spec
    endpoint: Endpoint
    labels: Mapping[str, str]
    """Of its objects and pods; the selector is among them."""
    limits: Size
    share: float
    """Requests as a share of the limits."""
    settings: PodSettings
    priority: str
    """Name of its priority class."""
    domain: str = "cluster.local"
    """The cluster's, in which the names of Services end."""
    searches: tuple[str, ...] = ()
    """Namespaces, other than its own, to which its rows lead."""
    own_image: str | None = None
    """The environment's image in place of the engine's."""
    copies: int = 1
    autoscaling: Autoscaling | None = None
    """None where its number of copies is fixed."""
    secrets: tuple[SecretFiles, ...] = ()

    @property
    def name(self) -> str:
        """Return the workload's name."""
        return self.endpoint.name

    @property
    def most_copies(self) -> int:
        """Return how many copies there may be at a time."""
        return self.autoscaling.max if self.autoscaling else self.copies

    @property
    def data_name(self) -> str:
        """Return the name under which its data began: that of its pods' label, its StatefulSet and its claims."""
        selector = self.endpoint.selector
        return selector.get(CLUSTER_LABEL) or selector.get(NAME_LABEL, self.name)

    @property
    def part_of(self) -> str:
        """Return the name of the installation."""
        return self.labels[PART_OF_LABEL]

    @property
    def system_name(self) -> str:
        """Return the system's name, without the prefix of the installation."""
        return self.part_of.removeprefix(self.settings.namespace_prefix)

    def image(self, engine: str) -> str:
        """Return the main container's image: the environment's, else the engine's."""
        return self.own_image or engine

    def requests(self, limits: Size) -> Size:
        """Return the environment's share of some limits."""
        return Size(
            cpu=Cpu(max(round(limits.cpu.millicores * self.share), 10)),
            memory=Bytes.of_mebibytes(max(round(limits.memory.mebibytes * self.share), 16)),
        )

    def claim(self, size: Bytes) -> Bytes:
        """Return the size of a claim, capped by the environment."""
        return min(size, self.settings.storage_limit or size)


@dataclass(frozen=True)
class PlannedDatabase(Planned[DatabaseSpec]):
    """A database in the cluster."""

    engine: Literal["statefulSet", "cloudNativePg", "clickhouse"] = "statefulSet"
    archive_interval: str | None = None
    """Upper bound of the time until a change reaches the archive, where one is declared."""
    owner_key: tuple[Vault, VaultKey] | None = None
    """Where the vault keeps the owner's password; None where it is generated."""

    @property
    def server(self) -> Server:
        """Return what a client needs to log in."""
        spec = self.spec
        return Server(self.name, spec.port, spec.database, spec.user, self.secrets[0].name, spec.tls, self.data_name)

    @property
    def services(self) -> dict[str, str]:
        """Return its Service names by what they select: `rw` the primary, `ro` the replicas."""
        return service_names(self.name, self.spec.read_only_service)


@dataclass(frozen=True)
class PlannedExternalDatabase:
    """A database at an address outside the cluster."""

    name: str
    namespace: str
    spec: ExternalDatabaseSpec
    address: ExternalAddress


@dataclass(frozen=True)
class PlannedCache(Planned[CacheSpec]):
    """A cache, and its Sentinels where it runs under them."""

    mode: Literal["single", "replica", "sentinel"] = "single"
    sentinel: Planned[CacheSpec] | None = None
    overlap: int = 120
    """Minutes for which the former password counts beside a new one."""

    @property
    def stateful_set(self) -> str:
        """Return the name of the StatefulSet, which its pods' names begin with."""
        return self.spec.stateful_set or self.data_name


@dataclass(frozen=True, kw_only=True)
class PlannedProcess(Planned[Process]):
    """A service or a job, with the files that it finds at start."""

    program: Program
    configs: tuple[PlannedConfig, ...] = ()
    passthrough: tuple[PlannedApi, ...] = ()
    """External APIs that it calls by their own names."""
