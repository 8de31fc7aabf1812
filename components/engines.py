"""Engines: what runs a database or a pooler in an environment."""

from __future__ import annotations

from components.clickhouse import ClickHouse
from components.cluster import Cluster
from components.database import Database
from components.managed_pooler import ManagedPooler
from components.pooler import Pooler
from model import datastores as declared
from model.plan import Plan


def database_engine(plan: Plan, database: declared.Database) -> type[Database | Cluster | ClickHouse]:
    """Return the component that runs a database: one pod, or the operator's cluster."""
    if database.engine == "clickhouse":
        return ClickHouse
    return Cluster if plan.environment.databases == "cloudNativePg" else Database


def pooler_engine(plan: Plan) -> type[Pooler | ManagedPooler]:
    """Return the component that runs poolers; the operator's serve its clusters only."""
    return ManagedPooler if plan.environment.databases == "cloudNativePg" else Pooler
