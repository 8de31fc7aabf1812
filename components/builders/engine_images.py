"""Images: the pinned engine behind each kind of workload; an environment may name another."""

from __future__ import annotations

POSTGRESQL = "docker.io/library/postgres:17.6"
CLOUDNATIVE_PG = "ghcr.io/cloudnative-pg/postgresql:17.6"
CLICKHOUSE = "docker.io/clickhouse/clickhouse-server:25.8.2.29"
PGBOUNCER = "docker.io/edoburu/pgbouncer:v1.24.1-p1"
"""PgBouncer keeps prepared statements in transaction mode since 1.21."""
REDIS = "docker.io/library/redis:7.2.11"
"""The last line of releases under the BSD licence."""
POSTGRESQL_EXPORTER = "quay.io/prometheuscommunity/postgres-exporter:v0.17.1"
PGBOUNCER_EXPORTER = "quay.io/prometheuscommunity/pgbouncer-exporter:v0.10.2"
REDIS_EXPORTER = "docker.io/oliver006/redis_exporter:v1.74.0"
KAFKA = "docker.io/apache/kafka:4.1.0"
VERSITYGW = "ghcr.io/versity/versitygw:v1.8.0"
TRAEFIK = "docker.io/library/traefik:v3.7.13"
BUSYBOX = "docker.io/library/busybox:1.37.0"
