"""What the migration jobs make in the databases: tables, indexes, views, and how each is made."""

import re

import pytest

from tests.demands.rendered import STAGES, container, pod, workload
from tests.demands.stores import clickhouse_settings, file_text, script_files, statements

PHASE4, CARBON, AGENTS = "motovault-phase4", "carbon254", "agents"
JOBS = {PHASE4: "create-indexes", CARBON: "migrate-postgres", AGENTS: "migrate"}
INDEXES = {
    "idx_gasrecords_vehicle_date": "gas_records(vehicle_id, date DESC)",
    "idx_servicerecords_vehicle_date": "service_records(vehicle_id, date DESC)",
    "idx_reminderrecords_active_due": "reminder_records(is_active, due_date) WHERE is_active = true",
    "idx_vehicles_active_users": "vehicles(user_id) WHERE is_active = true",
}
VIEWS = (
    "hourly_market_statistics", "daily_instrument_summaries", "taxonomy_distribution", "latest_prices",
    "bar_completion_stats", "curve_history", "audit_event_summaries", "processing_latency",
)  # fmt: skip
CONCURRENT = re.compile(r"CREATE (?:UNIQUE )?INDEX CONCURRENTLY IF NOT EXISTS (\S+) ON (\w+)")


def migration(system: str, stage: str, name: str) -> dict[str, str]:
    """The files of a migration that runs by itself, as a Job."""
    assert workload(system, stage, name)["kind"] == "Job", "a migration runs once, with its release"
    assert container(system, stage, name)["command"][:1] == ["sh"], "it runs a script of its own"
    assert pod(system, stage, name)["initContainers"][0]["name"].startswith("wait-for-"), "when its store answers"
    return script_files(system, stage, name)


@STAGES
@pytest.mark.demand("DBS-09", partly="a fresh database gets no index")
@pytest.mark.parametrize(("index", "target"), INDEXES.items())
def test_an_index_is_created_beside_running_queries(stage: str, index: str, target: str) -> None:
    made = [one for one in statements(migration(PHASE4, stage, JOBS[PHASE4])["indexes.sql"]) if index in one]
    assert len(made) == 1, f"{index} is created once"
    assert made[0].endswith(f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {index} ON {target}"), "with the seed's columns"


@STAGES
@pytest.mark.demand("DBS-09", partly="a fresh database gets no index")
def test_the_indexes_are_created_outside_a_transaction(stage: str) -> None:
    files = migration(PHASE4, stage, JOBS[PHASE4])
    assert files["indexes.sql"].count("CREATE INDEX") == len(INDEXES), "four indexes and no other one"
    text = "".join(files.values()).upper()
    assert not re.search(r"\bBEGIN\b|START TRANSACTION|SINGLE-TRANSACTION|PSQL.* -1\b", text), (
        "CONCURRENTLY is refused inside a transaction"
    )
    assert "--file /scripts/indexes.sql" in files["create-indexes.sh"], "the job runs this file"
    assert "ON_ERROR_STOP=1" in files["create-indexes.sh"], "and fails where a statement does"
    assert "DROP INDEX CONCURRENTLY" in files["indexes.sql"], "an index left invalid is made anew"


@STAGES
@pytest.mark.demand("DBS-14")
def test_clickhouse_finds_rows_by_instrument_time_and_tenant(stage: str) -> None:
    files = migration(CARBON, stage, "migrate-clickhouse")
    assert {"009_indexes.sql", "010_materialized_views.sql"} <= set(files), "the seed's migrations 009 and 010"
    assert "for file in /scripts/*.sql" in files["migrate.sh"], "all of them run, in the order of their numbers"
    found = re.findall(r"ALTER TABLE (\w+) ADD INDEX IF NOT EXISTS \w+ (\w+) TYPE", files["009_indexes.sql"])
    for table in ("market_ticks", "bars"):
        indexed = {column for owner, column in found if owner == table}
        assert indexed == {"instrument_id", "timestamp", "tenant_id"}, f"{table} has an index on each of the three"


@STAGES
@pytest.mark.demand("DBS-15")
def test_clickhouse_keeps_eight_materialized_views(stage: str) -> None:
    text = migration(CARBON, stage, "migrate-clickhouse")["010_materialized_views.sql"]
    made = [one.split()[6] for one in statements(text) if one.startswith("CREATE MATERIALIZED VIEW IF NOT EXISTS")]
    assert tuple(made) == VIEWS, "the eight of the seed, and no other one"
    assert text.count("FROM ") == len(VIEWS), "each reads a table as rows arrive"


@STAGES
@pytest.mark.demand("DBS-16")
def test_clickhouse_packs_cold_data_harder_than_hot_data(stage: str) -> None:
    hot, cold = clickhouse_settings(CARBON, stage, "clickhouse")["compression"]["case"]
    assert (hot["method"], hot["min_part_size"]) == ("lz4", 0), "every part begins with the fast codec"
    assert (cold["method"], cold["min_part_size"]) == ("zstd", 10**10), "merged parts of 10 GB get the dense one"
    tables = migration(CARBON, stage, "migrate-clickhouse")["008_tables.sql"]
    for table in ("market_ticks", "bars"):
        (made,) = [one for one in statements(tables) if f" {table} (" in one]
        assert "INTERVAL 30 DAY RECOMPRESS CODEC(ZSTD(3))" in made, f"{table} is packed again after a month"


@STAGES
@pytest.mark.demand("DBS-17")
def test_merges_of_clickhouse_are_tuned_for_writing(stage: str) -> None:
    found = clickhouse_settings(CARBON, stage, "clickhouse")["merge_tree"]
    assert {"parts_to_delay_insert", "parts_to_throw_insert", "min_bytes_for_wide_part"} <= set(found), (
        "writers are slowed down and stopped by numbers of our own"
    )
    assert found["parts_to_delay_insert"] < found["parts_to_throw_insert"], "in this order"
    start = file_text(CARBON, stage, "clickhouse", "/scripts/clickhouse-start.sh")
    assert "--config-file=/etc/clickhouse/config.yaml" in start, "the server merges config.d beside this file"


@STAGES
@pytest.mark.demand("DBS-19")
def test_taxonomy_and_metadata_are_indexed_and_summed_up(stage: str) -> None:
    files = migration(CARBON, stage, JOBS[CARBON])
    (name,) = [name for name in files if name.startswith("004")]
    indexes = dict(CONCURRENT.findall(" ".join(files[name].split())))
    assert {"taxonomy", "instrument_metadata"} == set(indexes.values()), "tables of both kinds have indexes"
    (view,) = [one for one in statements(files[name]) if "MATERIALIZED VIEW" in one]
    assert view.startswith("CREATE MATERIALIZED VIEW IF NOT EXISTS taxonomy_hierarchy"), "the hierarchy is kept ready"
    assert "WITH RECURSIVE" in view, "down to its leaves"
    assert "for file in /scripts/*.sql" in files["migrate.sh"], "the job runs the file"
    refresh = workload(CARBON, stage, "refresh-taxonomy")
    assert refresh["kind"] == "CronJob", "and the view follows its tables"


@STAGES
@pytest.mark.demand("DBS-26")
def test_a_migration_adds_twenty_indexes_and_three_views(stage: str) -> None:
    files = migration(AGENTS, stage, JOBS[AGENTS])
    assert "optimize_performance.sql" in files["migrate.sh"], "the job runs the seed's file"
    text = " ".join(files["optimize_performance.sql"].split())
    assert len(dict(CONCURRENT.findall(text))) >= 20, "twenty indexes or more, built beside running queries"
    views = re.findall(r"CREATE MATERIALIZED VIEW IF NOT EXISTS (\w+)", text)
    assert views == ["prediction_accuracy", "suggestion_acceptance", "pattern_frequency"], "and the expensive queries"
    refresh = file_text(AGENTS, stage, "refresh-views", "/scripts/refresh.sh")
    assert all(view in refresh for view in views), "which a job keeps current"


@STAGES
def test_a_person_sees_and_leaves_no_rows_of_others(stage: str) -> None:
    """The manifest's half of DBS-28, whose other half is a runbook."""
    files = migration(AGENTS, stage, JOBS[AGENTS])
    assert "row_level_security.sql" in files["migrate.sh"], "the job runs the file"
    text = files["row_level_security.sql"]
    owned = [one.split()[5] for one in statements(files["tables.sql"]) if "user_id" in one]
    protected = set(re.findall(r"'(\w+)'", text.partition("ARRAY[")[2].partition("]")[0]))
    assert protected == set(owned), "every table with rows of a person is protected"
    for word in ("ENABLE", "FORCE"):
        assert f"{word} ROW LEVEL SECURITY" in text, "also against the owner, as whom the application connects"
    cascading = [one for one in statements(files["tables.sql"]) if "REFERENCES users ON DELETE CASCADE" in one]
    assert len(cascading) == len(owned), "whoever goes takes all of it along"
    assert "DELETE FROM users WHERE id = person" in text, "with one call"
