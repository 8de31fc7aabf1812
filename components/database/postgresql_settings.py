"""PostgreSQL's settings, the same on the single pod of dev and on an operator's cluster."""

from __future__ import annotations

from quadrant_platform.components.builders import pod_template
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.schema.datastores import DatabaseSpec
from quadrant_platform.model.schema.types import parse_quantity

AUDIT = {"log_connections": "on", "log_disconnections": "on", "log_statement": "ddl"}
STATEMENTS = {"pg_stat_statements.max": "10000", "pg_stat_statements.track": "all"}


def parameters(plan: Plan, database: DatabaseSpec) -> dict[str, str]:
    """Return the server's settings; declared ones come last and win."""
    memory = parse_quantity(pod_template.limits_of(plan, database.resources).memory) / 2**20
    return {
        "max_connections": str(database.max_connections),
        "password_encryption": "scram-sha-256",
        # A quarter of the memory for PostgreSQL's own cache; it expects the kernel to cache as much again.
        "shared_buffers": f"{round(memory / 4)}MB",
        "effective_cache_size": f"{round(memory / 2)}MB",
        **STATEMENTS,
        **(AUDIT if database.audit else {}),
        **database.parameters,
    }


def owner_secret_name(database: str) -> str:
    """Return the name of the basic-auth Secret with the owner's name and password, as CloudNativePG reads it."""
    return f"{database}-owner"


def service_names(name: str, database: DatabaseSpec) -> dict[str, str]:
    """Return the Service names of a database by what they select: `rw` the primary, `ro` the replicas."""
    return {name: "rw"} | ({database.read_only_service: "ro"} if database.read_only_service else {})
