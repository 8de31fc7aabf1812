"""The 254Carbon pipeline is described as its document demands."""

import re
from typing import Any

import pytest
import yaml

from quadrant_platform.model.schema.service import Autoscaling
from quadrant_platform.model.schema.types import Stage, seconds
from tests.systems.stacks import planned, reached_by, written

SYSTEM = planned("carbon254", Stage.PROD).system
SERVICES = ("normalization", "enrichment", "aggregation", "projection")
DATABASE, BACKEND = "carbon254-database", "carbon254-backend"
BOTH = pytest.mark.parametrize("stage", list(Stage))
EACH = pytest.mark.parametrize("name", SERVICES)


def settings(name: str) -> dict[str, Any]:
    content = SYSTEM.configs[name].content
    assert isinstance(content, dict), "the file is a mapping"
    return content


def test_the_pipeline_is_four_services_on_port_8080() -> None:
    ports = {name: service.ports["http"] for name, service in SYSTEM.services.items()}
    assert ports == dict.fromkeys(SERVICES, 8080), "X-73 resolves the port"


@pytest.mark.parametrize(
    ("name", "bounds"),
    [("normalization", (3, 12)), ("enrichment", (2, 10)), ("aggregation", (2, 8)), ("projection", (3, 12))],
)
def test_services_scale_at_70_and_80_percent(name: str, bounds: tuple[int, int]) -> None:
    scaling = SYSTEM.services[name].replicas
    assert isinstance(scaling, Autoscaling), "every service has an autoscaler"
    assert (scaling.min, scaling.max) == bounds, "section 4.1 resolves the bounds"
    assert (scaling.cpu, scaling.memory) == (70, 80), "the seed states the targets"
    assert (scaling.scale_down_stabilization, scaling.scale_down_percent) == ("300s", 50), (
        "at most half of the pods a minute, after five"
    )
    assert scaling.scale_up_percent == 100, "and up at once"


@EACH
def test_consumers_fetch_in_bulk(name: str) -> None:
    consumer = settings(name)["kafka"]["consumer"]
    assert consumer == {"fetch_min_bytes": 102400, "fetch_max_wait_ms": 500}, "100 KB, or half a second"


@EACH
def test_cache_operations_are_pooled_and_pipelined(name: str) -> None:
    redis = settings(name)["redis"]
    assert redis["pipelining"] is True, "round trips are what cache operations cost"
    assert redis["pool"], "connections are pooled"


def test_writes_go_in_batches_of_a_thousand_rows() -> None:
    batches = [settings(name)["clickhouse"]["batch"] for name in ("normalization", "aggregation")]
    assert batches == [{"rows": 1000, "flush_seconds": 5}] * 2, "1000 rows or five seconds"


def test_enrichment_keeps_taxonomy_an_hour_and_instruments_half_of_one() -> None:
    caches = settings("enrichment")["metadata_cache"]
    assert caches == {"taxonomy": {"ttl_seconds": 3600}, "instruments": {"ttl_seconds": 1800}}, "as the seed states"


def test_projection_invalidates_its_cache_by_publishing() -> None:
    cache = settings("projection")["cache"]
    assert (cache["partial_updates"], cache["warming"], cache["invalidation"]["by"]) == (True, True, "pubsub"), (
        "partial updates, warming and publish/subscribe"
    )


@BOTH
def test_redis_is_one_master_two_replicas_and_three_sentinels(stage: Stage) -> None:
    redis = planned("carbon254", stage).caches["redis"]
    assert (redis.mode, redis.copies) == ("sentinel", 3), "X-61: one master and two replicas"
    assert redis.sentinel is not None, "X-61: Sentinels watch them"
    assert redis.sentinel.copies == 3, "X-61: of whom two agree on a new master"


def test_redis_has_room_for_the_fork_of_a_rewrite() -> None:
    redis = SYSTEM.caches["redis"]
    assert (str(redis.max_memory), redis.eviction, redis.append_only) == ("2Gi", "allkeys-lru", True), "section 4.2"
    assert redis.resources.size is not None, "the limit is its own"
    assert redis.resources.size.memory.number >= 1.4 * redis.max_memory.number, "X-62"


def test_the_pooler_gives_5_to_25_connections_and_100_in_all() -> None:
    pooler = SYSTEM.poolers["pgbouncer"]
    sizes = (pooler.min_pool_size, pooler.default_pool_size, pooler.max_db_connections)
    assert (pooler.mode, *sizes) == ("transaction", 5, 25, 100), "section 4.2"
    assert pooler.max_prepared_statements > 0, "X-63: prepared statements work in transaction mode"
    assert SYSTEM.databases["postgres"].max_connections >= 120, "X-64: jobs and exporters need connections too"


def test_clickhouse_compresses_fast_at_first_and_well_later() -> None:
    server = yaml.safe_load(SYSTEM.databases["clickhouse"].settings)
    assert [case["method"] for case in server["compression"]["case"]] == ["lz4", "zstd"], "LZ4 hot, ZSTD cold"
    assert server["merge_tree"], "merges are tuned for writes"


def test_clickhouse_migrations_add_eight_views_and_the_three_kinds_of_indexes() -> None:
    files = SYSTEM.jobs["migrate-clickhouse"].files
    views = re.findall(r"MATERIALIZED VIEW IF NOT EXISTS (\w+)", files["010_materialized_views.sql"])
    assert len(set(views)) == 8, f"the seed lists eight, and there are {views}"
    indexed = set(re.findall(r"INDEX IF NOT EXISTS \w+ (\w+) TYPE", files["009_indexes.sql"]))
    assert indexed == {"instrument_id", "timestamp", "tenant_id"}, "the columns of most queries"


def test_migration_004_indexes_taxonomy_and_metadata_and_keeps_the_hierarchy() -> None:
    script = SYSTEM.jobs["migrate-postgres"].files["004_performance.sql"]
    assert {"ON taxonomy (parent_id)", "ON instrument_metadata (taxonomy_id)"} <= set(
        re.findall(r"ON \w+ \(\w+\)", script)
    ), "both tables get indexes"
    assert "MATERIALIZED VIEW IF NOT EXISTS taxonomy_hierarchy" in script, "the tree is computed once"


@BOTH
def test_services_reach_the_stores_of_the_matrix_only(stage: Stage) -> None:
    columns = {(f"{DATABASE}/clickhouse", 9000), (f"{DATABASE}/clickhouse", 8123)}
    common = {
        (f"{DATABASE}/kafka", 9092),
        (f"{DATABASE}/redis", 6379),
        (f"{DATABASE}/redis-sentinel", 26379),
        ("monitoring/pyroscope", 4040),
    }
    own = dict.fromkeys(SERVICES, columns) | {"enrichment": {(f"{DATABASE}/pgbouncer", 6432)}}
    for name in SERVICES:
        assert reached_by("carbon254", stage, f"{BACKEND}/{name}") == common | own[name], f"section 4.3 about {name}"


def test_only_the_alertmanager_calls_the_pager_and_only_in_prod() -> None:
    egress = "carbon254-frontend/traefik-egress"
    callers = {stage: {s for s, target, _ in written("carbon254", stage) if target == egress} for stage in Stage}
    assert callers == {Stage.DEV: set(), Stage.PROD: {"monitoring/alertmanager"}}, "nothing else goes out"


def test_there_are_no_public_routes() -> None:
    assert not SYSTEM.edge.routes, "X-73: the pipeline is internal"


@EACH
def test_a_canary_takes_fifteen_to_twenty_minutes(name: str) -> None:
    rollout = SYSTEM.services[name].rollout
    assert [step.weight for step in rollout.steps] == [10, 25, 50, 100], "the seed states the weights"
    pauses = [seconds(step.pause) for step in rollout.steps if step.pause]
    assert len(pauses) == len(rollout.steps), "a step without a pause would wait for a person"
    assert 15 * 60 <= sum(pauses) <= 20 * 60, "X-70"


def test_a_bad_canary_is_seen_within_two_minutes() -> None:
    for name, analysis in SYSTEM.analyses.items():
        assert seconds(analysis.interval) * (analysis.failure_limit + 1) < 120, f"{name} would find it too late"
    assert {analysis.success for analysis in SYSTEM.analyses.values()} == {
        "result[0] >= 0.99",
        "result[0] <= 0.01",
        "result[0] <= 0.2",
    }, "success, error rate and 200 ms"


def test_backups_run_hourly_daily_weekly_and_monthly() -> None:
    backup = SYSTEM.backup
    assert backup is not None, "the plan is part of the system"
    assert {name: (run.schedule, run.retention) for name, run in backup.schedules.items()} == {
        "hourly": ("0 * * * *", "24h"),
        "daily": ("0 2 * * *", "7d"),
        "weekly": ("0 3 * * 0", "30d"),
        "monthly": ("0 4 1 * *", "180d"),
    }, "section 4.5"
    assert all({"postgres", "clickhouse"} <= set(run.hooks) for run in backup.schedules.values()), "X-66"
    assert (backup.rto, backup.rpo) == ("15m", "1h"), "section 4.5"


def test_eight_faults_are_injected_every_month() -> None:
    assert len({experiment.fault for experiment in SYSTEM.chaos.values()}) == 8, "pods, network and resources"
    for name, experiment in SYSTEM.chaos.items():
        bounds = (experiment.max_error_increase, experiment.max_latency_increase, experiment.min_available)
        assert (*bounds, experiment.recovery) == (20, 20, 80, "60s"), f"the criteria of section 4.6, of {name}"
        assert experiment.schedule is not None, f"{name} has no date"
        assert experiment.schedule.endswith(" * *"), f"{name} runs on one day of each month"


def test_the_mesh_breaks_circuits_and_bounds_retries() -> None:
    mesh = SYSTEM.mesh
    assert mesh is not None, "the services talk through a mesh"
    assert (mesh.consecutive_failures, mesh.min_backoff, mesh.max_backoff) == (5, "5s", "60s"), "section 4.4"
    assert (mesh.retry_budget, mesh.min_retries_per_second) == (20, 10), "section 4.4"
    assert (mesh.request_timeout, mesh.health_timeout, mesh.rate_limit_rps) == ("30s", "1s", 3000), "X-77"
