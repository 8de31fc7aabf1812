"""The agents' API is described as its document demands."""

import re
from typing import Any

import pytest

from quadrant_platform.model.schema.service import Autoscaling
from quadrant_platform.model.schema.types import Stage, seconds
from tests.systems.stacks import planned, reached_by, written

PLAN = planned("agents", Stage.PROD)
SYSTEM = PLAN.system
APP, EGRESS = "agents-backend/app", "agents-frontend/traefik-egress"
PRIMARY, POOLER = "agents-database/postgres-primary", "agents-database/pgbouncer"
BOTH = pytest.mark.parametrize("stage", list(Stage))


def settings() -> dict[str, Any]:
    content = SYSTEM.configs["app"].content
    assert isinstance(content, dict), "the file is a mapping"
    return content


@BOTH
def test_the_app_reaches_its_pooler_and_openai_only(stage: Stage) -> None:
    assert reached_by("agents", stage, APP) == {(POOLER, 6432), (EGRESS, 9001)}, "NET-26: never PostgreSQL itself"


@BOTH
def test_the_pooler_reaches_the_primary(stage: Stage) -> None:
    assert (PRIMARY, 5432) in reached_by("agents", stage, POOLER), "section 5.3"


def test_only_the_alertmanager_reaches_pager_and_chat_and_only_in_prod() -> None:
    ports = {SYSTEM.external_apis[name].egress_port for name in ("pagerduty", "slack")}
    rows = {stage: {(s, port) for s, t, port in written("agents", stage) if t == EGRESS} for stage in Stage}
    calls = {stage: {row for row in found if row[1] in ports} for stage, found in rows.items()}
    assert calls[Stage.PROD] == {("monitoring/alertmanager", port) for port in ports}, "EGR-10"
    assert not calls[Stage.DEV], "dev pages no person"


def test_openai_gets_ten_calls_at_once_and_none_is_repeated() -> None:
    openai = SYSTEM.external_apis["openai"]
    assert (openai.host, openai.port, openai.mode) == ("api.openai.com", 443, "baseUrl"), "EGR-09"
    assert (openai.in_flight, openai.timeout, openai.retries) == (10, "60s", 0), "a POST is not repeated"


def test_only_application_paths_are_public() -> None:
    prefixes = {prefix for route in SYSTEM.edge.routes.values() for prefix in route.prefixes}
    assert all(route.prefixes for route in SYSTEM.edge.routes.values()), "a route without a prefix opens everything"
    assert all(prefix.startswith("/api") for prefix in prefixes), "WRK-31: /metrics, /alerts and /sla stay inside"
    assert {route.host for route in SYSTEM.edge.routes.values()} == {"agents.example.com"}, "X-89"


def test_rate_limits_have_the_values_of_the_table() -> None:
    limits = {name: kind.rate_limit for name, kind in SYSTEM.edge.middlewares.items() if kind.rate_limit}
    found = {name: (limit.average, seconds(limit.period), limit.header) for name, limit in limits.items()}
    assert found == {
        "limit-global": (12000, 60, None),
        "limit-user": (100, 60, "X-Auth-User"),
        "limit-expensive": (20, 60, "X-Auth-User"),
        "limit-learning": (10, 60, "X-Auth-User"),
        "limit-ip": (20, 60, None),
        "limit-burst": (50, 10, "X-Auth-User"),
    }, "section 5.4, and X-79 for the global one"
    assert (limits["limit-global"].source, limits["limit-ip"].source) == ("host", "ip"), "one counts all, one each"


def test_every_public_route_is_limited_and_sends_hsts() -> None:
    for name, route in SYSTEM.edge.routes.items():
        assert {"limit-global", "hsts", "breaker", "in-flight"} <= set(route.middlewares), f"{name} lacks a layer"
        assert {"limit-user", "limit-ip"} & set(route.middlewares), f"{name} counts neither users nor addresses"


def test_users_are_counted_after_their_token_was_verified() -> None:
    for name, route in SYSTEM.edge.routes.items():
        if "limit-user" in route.middlewares:
            order = route.middlewares
            assert order.index("jwt") < order.index("limit-user"), f"{name} would count a header that anybody can write"


def test_three_cache_levels_have_their_lifetimes_and_sizes() -> None:
    cache = settings()["cache"]
    levels = {name: (cache[name]["ttl_seconds"], cache[name]["max_keys"]) for name in ("l1", "l2", "l3")}
    assert levels == {"l1": (300, 10000), "l2": (600, 5000), "l3": (3600, None)}, "section 5.2"
    assert not SYSTEM.caches, "X-82: there is no Redis"


def test_breakers_retries_and_bulkheads_have_the_values_of_the_table() -> None:
    breakers, retry, bulkheads = (settings()[name] for name in ("circuit_breakers", "retry", "bulkheads"))
    assert breakers["timeouts_seconds"] == {"database": 30, "openai": 60, "external": 120}, "section 5.4"
    assert [breakers[key] for key in ("failures_to_open", "successes_to_close", "open_seconds")] == [5, 3, 60], "WRK-34"
    assert (retry["max_retries"], retry["backoff_seconds"]) == (3, [1, 2, 4]), "section 5.4"
    assert {name: part["concurrent"] for name, part in bulkheads.items()} == {
        "database": 50,
        "external": 10,
        "heavy": 5,
    }, "section 5.4"
    assert all(100 <= part["queue"] <= 200 for part in bulkheads.values()), "queues hold 100 to 200"


def test_degradation_never_switches_off_what_prometheus_reads() -> None:
    levels = {level["load_from_percent"]: set(level["disable"]) for level in settings()["degradation"]["levels"]}
    light = {"temporal_patterns", "suggestions"}
    assert levels == {80: light, 95: light | {"maintenance", "learning_metrics"}}, "X-83"


@pytest.mark.parametrize(
    ("profile", "app", "database"),
    [
        ("baseline", ("4", "8Gi"), ("4", "16Gi")),
        ("load-150", ("8", "32Gi"), ("8", "64Gi")),
        ("load-200", ("16", "64Gi"), ("8", "64Gi")),
    ],
)
def test_one_profile_sizes_app_and_database(profile: str, app: tuple[str, str], database: tuple[str, str]) -> None:
    services, stores = SYSTEM.services["app"].resources, SYSTEM.databases["postgres-primary"].resources
    sizes = [(str(part.profiles[profile].cpu), str(part.profiles[profile].memory)) for part in (services, stores)]
    assert sizes == [app, database], "WRK-33 and DBS-30"


def test_prod_is_sized_for_150_percent_and_scraped_every_15_seconds() -> None:
    metrics = SYSTEM.services["app"].metrics
    assert PLAN.environment.size_profile == "load-150", "X-87: 3 x 8 CPU and 32 GB is the profile of prod"
    assert metrics is not None, "Prometheus reads the app"
    assert metrics.interval == PLAN.environment.scrape_interval == "15s", "OBS-42"


def test_the_app_scales_at_50_requests_a_second() -> None:
    scaling = SYSTEM.services["app"].replicas
    assert isinstance(scaling, Autoscaling), "the app has an autoscaler"
    assert (scaling.min, scaling.max, scaling.requests_per_second) == (3, 10, 50), "X-87"


def test_the_database_has_two_replicas_tls_and_an_audit_log() -> None:
    database = SYSTEM.databases["postgres-primary"]
    assert (database.replicas, database.read_only_service) == (2, "postgres-replica"), "section 5.1"
    assert (database.tls, database.audit) == (True, True), "DBS-29"


def test_the_pooler_has_fifty_connections_and_many_clients() -> None:
    pooler = SYSTEM.poolers["pgbouncer"]
    assert (pooler.port, pooler.default_pool_size, pooler.max_db_connections) == (6432, 50, 50), "DBS-22"
    assert pooler.max_client_connections >= 500, "X-81: clients wait in the pooler"


def test_the_performance_migration_has_twenty_indexes_and_views() -> None:
    files = SYSTEM.jobs["migrate"].files
    indexes = re.findall(r"INDEX CONCURRENTLY IF NOT EXISTS (\w+)", files["optimize_performance.sql"])
    assert len(set(indexes)) >= 20, f"DBS-26, and there are {len(indexes)}"
    assert "CREATE MATERIALIZED VIEW" in files["optimize_performance.sql"], "expensive queries are computed ahead"
    assert "FORCE ROW LEVEL SECURITY" in files["row_level_security.sql"], "DBS-28: the owner is bound too"


def test_expired_rows_of_the_cache_table_are_deleted_on_a_schedule() -> None:
    assert SYSTEM.jobs["l3-cache-cleanup"].schedule is not None, "CAC-19"


def test_the_backup_is_encrypted_daily_at_two_from_the_platform_segment() -> None:
    job, plan = SYSTEM.jobs["postgres-backup"], SYSTEM.backup
    assert (job.schedule, job.segment) == ("0 2 * * *", "platform"), "X-89 and section 5.1"
    assert "AES256" in job.files["backup.sh"], "BKP-23"
    assert plan is not None, "the plan is part of the system"
    assert plan.schedules["daily"].retention == "7d", "X-89"


def test_alerts_have_the_severities_of_the_table() -> None:
    expected = {
        "critical": ("CircuitBreakerOpen", "SLAViolation"),
        "warning": ("HighLatency", "LowCacheHitRate"),
        "info": ("PatternDetected", "WeightAdjusted"),
    }
    found = {severity: {SYSTEM.alerts[name].severity for name in names} for severity, names in expected.items()}
    assert found == {severity: {severity} for severity in expected}, "section 5.5"


def test_load_profiles_use_as_many_users_as_their_limit_asks_for() -> None:
    for name, profile in SYSTEM.load.items():
        peak = max(stage.rps for stage in profile.stages)
        assert profile.users >= peak * 60 / 100, f"X-80: {name} would test the limit per user"
        assert sorted(profile.mix.values(), reverse=True) == [40, 30, 20, 5, 5], "section 5.6"
    assert {max(stage.rps for stage in profile.stages) for profile in SYSTEM.load.values()} == {100, 150, 500, 200}, (
        "baseline, 150%, stress and spike"
    )
