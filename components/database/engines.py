"""Engines: the components that run a database or a pooler, by what the plan decided."""

from quadrant_platform.components.database.clickhouse import ClickHouse
from quadrant_platform.components.database.cloudnative_pg import Cluster
from quadrant_platform.components.database.managed_pooler import ManagedPooler
from quadrant_platform.components.database.pooler import Pooler
from quadrant_platform.components.database.postgresql import Database

DATABASE_ENGINES: dict[str, type[Database | Cluster | ClickHouse]] = {
    "statefulSet": Database,
    "cloudNativePg": Cluster,
    "clickhouse": ClickHouse,
}
POOLER_ENGINES: dict[str, type[Pooler | ManagedPooler]] = {"statefulSet": Pooler, "cloudNativePg": ManagedPooler}
"""By the engine of the database: the operator's poolers serve its clusters only."""
