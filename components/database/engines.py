"""Engines: what runs a database or a pooler in an environment."""

from __future__ import annotations

from quadrant_platform.components.database.clickhouse import ClickHouse
from quadrant_platform.components.database.cloudnative_pg import Cluster
from quadrant_platform.components.database.managed_pooler import ManagedPooler
from quadrant_platform.components.database.pooler import Pooler
from quadrant_platform.components.database.postgresql import Database
from quadrant_platform.model.expansion.planned import PlannedDatabase

DATABASES: dict[str, type[Database | Cluster | ClickHouse]] = {
    "statefulSet": Database,
    "cloudNativePg": Cluster,
    "clickhouse": ClickHouse,
}


def database_engine(database: PlannedDatabase) -> type[Database | Cluster | ClickHouse]:
    """Return the component that runs a database."""
    return DATABASES[database.engine]


def pooler_engine(database: PlannedDatabase) -> type[Pooler | ManagedPooler]:
    """Return the component that runs the poolers of a database; the operator's serve its clusters only."""
    return ManagedPooler if database.engine == "cloudNativePg" else Pooler
