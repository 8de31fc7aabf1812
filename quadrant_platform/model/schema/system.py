"""A system: everything that a team declares in one file."""

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import Field

from quadrant_platform.model.schema import datastores
from quadrant_platform.model.schema.delivery import Alert, Analysis, Backup, ChaosExperiment, LoadProfile
from quadrant_platform.model.schema.exposure import EdgeSpec, ExternalApi, FlowRow
from quadrant_platform.model.schema.middleware import Mesh
from quadrant_platform.model.schema.service import ConfigFile, JobSpec, ServiceSpec
from quadrant_platform.model.schema.types import Duration, Model, Name, Port, Renamable, Segment


class SegmentSettings(Model):
    """What a system changes about one of its segments."""

    namespace: Name | None = Field(default=None, description="<system>-<segment> where absent")
    labels: dict[str, str] = {}


class VaultKey(Model):
    """Where a secret's value lives in the vault, and how dev makes one up."""

    path: str = Field(description="path below the store's mount")
    property: str = "value"
    length: int = Field(default=32, ge=8, le=128, description="characters of the generated value in dev")
    compose: str | None = Field(
        default=None, description="text with ${<secret>} in it, for values such as connection strings"
    )


class Secret(Model):
    """One Kubernetes Secret: a single file of its own name, or several keys."""

    keys: dict[str, VaultKey] = Field(min_length=1, description="file name under /run/secrets to vault key")
    origin: Literal["generated", "thirdParty"] = Field(
        default="generated", description="thirdParty: issued outside, so dev has a stand-in"
    )
    rotation: Duration = "90d"
    group: str = Field(default="app", description="folder of the committed template")


class Vault(Model):
    """The secret store of prod."""

    store: Name = "vault-backend"
    server: str = "https://vault.example.com"
    path: str = "secret"
    mount: str = "kubernetes"
    role: Name
    refresh: Duration = Field(
        default="1h", description="how often secrets are read anew; caches take the former password for twice as long"
    )


class System(Model):
    """A system: what it is, the same in every environment."""

    name: Name
    title: str = ""
    segments: dict[Segment, SegmentSettings] = {}
    services: dict[Name, ServiceSpec] = {}
    jobs: dict[Name, JobSpec] = {}
    databases: dict[Name, datastores.DatabaseSpec] = {}
    external_databases: dict[Name, datastores.ExternalDatabaseSpec] = {}
    poolers: dict[Name, datastores.PoolerSpec] = {}
    caches: dict[Name, datastores.CacheSpec] = {}
    object_stores: dict[Name, datastores.ObjectStoreSpec] = {}
    brokers: dict[Name, datastores.BrokerSpec] = {}
    external_apis: dict[Name, ExternalApi] = {}
    configs: dict[Name, ConfigFile] = {}
    secrets: dict[Name, Secret] = {}
    vault: Vault | None = None
    edge: EdgeSpec = EdgeSpec()
    mesh: Mesh | None = None
    analyses: dict[Name, Analysis] = {}
    alerts: dict[str, Alert] = {}
    backup: Backup | None = None
    chaos: dict[Name, ChaosExperiment] = {}
    load: dict[Name, LoadProfile] = {}
    dev_ports: dict[Port, str] = Field(default={}, description="dev: local port to forward, to `<workload>:<port>`")
    flows: tuple[FlowRow, ...] = ()

    def renamable(self) -> Iterator[tuple[str, str, Renamable]]:
        """Yield every row that can be renamed, with its section and its name."""
        sections: dict[str, Mapping[Name, Renamable]] = {
            "services": self.services,
            "jobs": self.jobs,
            "databases": self.databases,
            "externalDatabases": self.external_databases,
            "poolers": self.poolers,
            "caches": self.caches,
            "objectStores": self.object_stores,
            "brokers": self.brokers,
        }
        yield from ((section, name, row) for section, rows in sections.items() for name, row in rows.items())
