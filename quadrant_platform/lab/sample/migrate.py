"""A migration: the tables that a release needs, made once however often it runs."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import psycopg

from .checks import connection
from .dependencies import Dependency

LOG = logging.getLogger("sample")
LOCK = 7_265_117
"""Any number: two runs at once take turns, as making a table that may exist is not safe beside another."""
TABLE = """
CREATE TABLE IF NOT EXISTS sample_migrations (
    name text PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
)
"""
RECORD = "INSERT INTO sample_migrations (name) VALUES (%s) ON CONFLICT (name) DO NOTHING"


def migrate(databases: Sequence[Dependency], name: str) -> None:
    """Record the migration `name` in each database; psycopg.Error where one refuses."""
    for database in databases:
        with psycopg.connect(**connection(database)) as connected:
            connected.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            connected.execute(TABLE)
            applied = connected.execute(RECORD, (name,)).rowcount
        LOG.info("migrated", extra={"fields": {"database": database.host, "applied": applied}})
