"""PostgreSQL's settings, the same on the single pod of dev and on an operator's cluster."""

from __future__ import annotations

from quadrant_platform.components.base.component import Server
from quadrant_platform.model.expansion.planned import PlannedDatabase

AUDIT = {"log_connections": "on", "log_disconnections": "on", "log_statement": "ddl"}
STATEMENTS = {"pg_stat_statements.max": "10000", "pg_stat_statements.track": "all"}


def parameters(database: PlannedDatabase) -> dict[str, str]:
    """Return the server's settings; declared ones override ours."""
    memory = database.limits.memory.mebibytes
    return {
        "max_connections": str(database.spec.max_connections),
        "password_encryption": "scram-sha-256",
        # A quarter of the memory for PostgreSQL's own cache; it expects the kernel to cache as much again.
        "shared_buffers": f"{round(memory / 4)}MB",
        "effective_cache_size": f"{round(memory / 2)}MB",
        **STATEMENTS,
        **(AUDIT if database.spec.audit else {}),
        **database.spec.parameters,
    }


def server(database: PlannedDatabase) -> Server:
    """Return what a client needs to log in."""
    spec = database.spec
    return Server(database.name, spec.port, spec.database, spec.user, database.secrets[0].name, spec.tls)
