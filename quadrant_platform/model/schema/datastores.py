"""Data stores: databases, poolers, caches, object stores and brokers."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from quadrant_platform.model.schema.quantities import Bytes
from quadrant_platform.model.schema.service import Sizing
from quadrant_platform.model.schema.types import Name, Port, Renamable, Segment


class DataStore(Renamable):
    """What every store has: a home, an image, a size and a claim."""

    segment: Segment
    resources: Sizing = Sizing(tier=3)
    storage: Bytes
    labels: dict[str, str] = {}


class DatabaseSpec(DataStore):
    """A PostgreSQL or ClickHouse server with one database and one owner."""

    engine: Literal["postgresql", "clickhouse"] = "postgresql"
    database: str
    user: str
    password: str = Field(description="name under `secrets`")
    port: Port = 5432
    http_port: Port | None = Field(default=None, description="ClickHouse's second interface")
    replicas: int = Field(default=0, ge=0, le=9, description="read replicas beside the primary")
    read_only_service: Name | None = Field(default=None, description="Service name of the read replicas")
    max_connections: int = Field(default=200, ge=10, le=10000)
    parameters: dict[str, str] = Field(default={}, description="server settings")
    settings: str = Field(default="", description="ClickHouse: the server's configuration file, as YAML")
    tls: bool = Field(default=False, description="clients must use TLS, with a certificate of the cluster's issuer")
    audit: bool = False

    @model_validator(mode="after")
    def _engine_has_what_it_needs(self) -> Self:
        if self.engine == "clickhouse" and self.http_port is None:
            raise ValueError("a ClickHouse server needs httpPort beside its native port")
        if self.read_only_service is not None and self.replicas == 0:
            raise ValueError("readOnlyService without replicas; set replicas to 1 or more")
        return self


class ExternalDatabaseSpec(DatabaseSpec):
    """A database outside the cluster at the environment's address; where it gives none, one runs in the cluster."""


class PoolerSpec(Renamable):
    """A PgBouncer in front of a database."""

    segment: Segment
    database: Name
    port: Port = 6432
    instances: int = Field(default=2, ge=1, le=9)
    mode: Literal["transaction", "session", "statement"] = "transaction"
    min_pool_size: int = Field(default=0, ge=0)
    default_pool_size: int = Field(ge=1, description="server connections per user and database, of all instances")
    max_db_connections: int = Field(ge=1, description="server connections of all instances")
    max_client_connections: int = Field(
        default=1000,
        ge=1,
        description="of one instance, each an open file: our own PgBouncer raises its limit as far as the node's hard "
        "limit goes and says where that ends; the operator's runs with the limit of its container runtime, often 1024",
    )
    max_prepared_statements: int = Field(default=200, ge=0)
    resources: Sizing = Sizing(tier=3)

    @model_validator(mode="after")
    def _sizes_fit(self) -> Self:
        if self.min_pool_size > self.default_pool_size:
            raise ValueError(f"minPoolSize {self.min_pool_size} is above defaultPoolSize {self.default_pool_size}")
        if self.default_pool_size > self.max_db_connections:
            raise ValueError(
                f"defaultPoolSize {self.default_pool_size} is above maxDbConnections {self.max_db_connections}"
            )
        if self.max_client_connections < self.max_db_connections:
            raise ValueError("maxClientConnections is below maxDbConnections; a pool has more clients than servers")
        return self


class CacheSpec(DataStore):
    """A Redis server, alone, with replicas, or under Sentinel."""

    mode: Literal["single", "replica", "sentinel"] = "single"
    port: Port = 6379
    password: str = Field(description="name under `secrets`")
    max_memory: Bytes = Field(default=Bytes.parse("256Mi"), json_schema_extra={"default": "256Mi"})
    eviction: Literal["allkeys-lru", "volatile-ttl", "volatile-lru", "noeviction"] = "allkeys-lru"
    append_only: bool = True
    replicas: int = Field(default=1, ge=1, le=9, description="in mode replica: read replicas beside the master")
    stateful_set: Name | None = Field(default=None, description="StatefulSet name where it is not the Service's")


class ObjectStoreSpec(DataStore):
    """An S3 server with its buckets."""

    port: Port = 9000
    console_port: Port | None = None
    buckets: tuple[str, ...] = Field(min_length=1)
    access_key: str = Field(description="name under `secrets`")
    secret_key: str = Field(description="name under `secrets`")


def _odd(voters: int) -> int:
    if voters % 2 == 0:
        what = f"of {voters} voters no more may fail than of {voters - 1}, as a majority must agree"
        raise ValueError(f"{what}; use {voters - 1} or {voters + 1}")
    return voters


class BrokerSpec(DataStore):
    """A Kafka cluster; one node where the environment runs single copies."""

    port: Port = 9092
    instances: Annotated[int, AfterValidator(_odd)] = Field(default=3, ge=1, le=9, description="an odd number")
    topics: dict[str, int] = Field(default={}, description="partitions by topic")
    retention_hours: int = Field(default=168, ge=1)
