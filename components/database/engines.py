"""Engines: what runs a database or a pooler in an environment."""

from __future__ import annotations

from quadrant_platform.components.database.clickhouse import ClickHouse
from quadrant_platform.components.database.cloudnative_pg import Cluster
from quadrant_platform.components.database.managed_pooler import ManagedPooler
from quadrant_platform.components.database.pooler import Pooler
from quadrant_platform.components.database.postgresql import Database
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.schema import datastores as declared


def database_engine(plan: Plan, database: declared.DatabaseSpec) -> type[Database | Cluster | ClickHouse]:
    """Return the component that runs a database: one pod, or the operator's cluster."""
    if database.engine == "clickhouse":
        return ClickHouse
    return Cluster if plan.environment.databases == "cloudNativePg" else Database


def pooler_engine(plan: Plan) -> type[Pooler | ManagedPooler]:
    """Return the component that runs poolers; the operator's serve its clusters only."""
    return ManagedPooler if plan.environment.databases == "cloudNativePg" else Pooler
