"""The applications' settings of caching: layers, lifetimes, refreshing, and what happens without a cache."""

import pytest

from tests.demands.rendered import STAGES, container, manifests, named, secret_files, settings, workload
from tests.demands.stores import file_text, script_files, statements

PHASE4, CARBON, AGENTS = "motovault-phase4", "carbon254", "agents"


@STAGES
def test_five_layers_stand_before_and_in_the_database(stage: str) -> None:
    """X-30: the proxy layer is the CDN, of which the stack is the origin; the application sends X-Cache-Status."""
    cache = settings(PHASE4, stage, "motovault")["cache"]
    assert cache["layers"] == ["browser", "cdn", "memory", "redis", "database"], "from the nearest to the source"
    assert cache["memory"]["ttl_seconds"] > 0, "the first level is on"
    assert cache["redis"]["ttl_seconds"] > 0, "and so is the second"
    assert cache["status_header"] == "X-Cache-Status", "every answer names the layer that gave it"
    redis = settings(PHASE4, stage, "motovault")["redis"]
    assert named(manifests(PHASE4, stage), "Service", redis["host"])["spec"]["ports"][0]["port"] == redis["port"], (
        "the Redis of the application's settings exists"
    )


@STAGES
def test_browsers_and_the_cdn_may_keep_static_files(stage: str) -> None:
    stack = manifests(PHASE4, stage)
    (route,) = named(stack, "IngressRoute", "static")["spec"]["routes"]
    path = "(Path(`/static`) || PathPrefix(`/static/`))"
    assert route["match"] == f"Host(`cdn.motovault.example.com`) && {path}", "the CDN fetches here"
    used = [named(stack, "Middleware", one["name"])["spec"].get("headers", {}) for one in route["middlewares"]]
    sent = {key: value for one in used for key, value in one.get("customResponseHeaders", {}).items()}
    assert sent["Cache-Control"] == "public, max-age=31536000, immutable", "shared caches and browsers keep the file"


@STAGES
@pytest.mark.demand("CAC-03", partly="no program reads these keys")
def test_cached_entries_live_as_long_as_the_seed_says(stage: str) -> None:
    cache = settings(PHASE4, stage, "motovault")["cache"]
    assert cache["memory"]["ttl_seconds"] == 300, "five minutes in memory"
    assert cache["redis"] == {"ttl_seconds": 3600, "expiration": "sliding"}, "an hour in Redis, from the last use"
    assert cache["dashboard_ttl_seconds"] == 900, "a quarter of an hour for dashboards"
    assert cache["fuel_report_ttl_seconds"] == 21600, "six hours for the fuel report"


@STAGES
@pytest.mark.demand("CAC-04", partly="no program reads these keys")
def test_dashboards_of_active_users_are_loaded_every_hour(stage: str) -> None:
    warm_up = settings(PHASE4, stage, "motovault")["cache"]["warm_up"]
    assert warm_up == {"interval_seconds": 3600, "key": "dashboard:{user.Id}"}, "before anybody asks for them"


@STAGES
@pytest.mark.demand("CAC-15", partly="no program reads these keys")
def test_metadata_is_kept_for_an_hour_or_half_of_one(stage: str) -> None:
    cache = settings(CARBON, stage, "enrichment")["metadata_cache"]
    assert cache["taxonomy"]["ttl_seconds"] == 3600, "the taxonomy changes seldom"
    assert cache["instruments"]["ttl_seconds"] == 1800, "instruments change more often"


@STAGES
@pytest.mark.demand("CAC-16", partly="no program reads these keys")
def test_projection_updates_warms_and_invalidates_its_cache(stage: str) -> None:
    cache = settings(CARBON, stage, "projection")["cache"]
    assert cache["partial_updates"] is True, "a changed field does not replace the whole entry"
    assert cache["warming"] is True, "entries are loaded before they are asked for"
    assert cache["invalidation"]["by"] == "pubsub", "all copies forget an entry at once"
    assert cache["invalidation"]["channel"], "and agree on the channel"


@STAGES
@pytest.mark.demand("CAC-18", partly="no program reads these keys")
def test_three_levels_have_their_lifetimes_and_sizes(stage: str) -> None:
    """X-82: the values are the application's; the second level is in its process, as no Redis is mapped to it."""
    cache = settings(AGENTS, stage, "app")["cache"]
    assert cache["l1"] == {"store": "memory", "ttl_seconds": 300, "max_keys": 10000}, "five minutes, 10000 keys"
    assert cache["l2"] == {"store": "process", "ttl_seconds": 600, "max_keys": 5000}, "ten minutes, 5000 keys"
    assert cache["l3"] == {"store": "database", "ttl_seconds": 3600, "max_keys": None}, "an hour, without a bound"
    assert not [one for one in manifests(AGENTS, stage) if "redis" in one["metadata"]["name"]], "no Redis runs"


@STAGES
@pytest.mark.demand("CAC-19")
def test_expired_rows_of_the_third_level_are_deleted_on_a_schedule(stage: str) -> None:
    job = workload(AGENTS, stage, "l3-cache-cleanup")
    assert (job["kind"], job["spec"]["schedule"]) == ("CronJob", "*/10 * * * *"), "rows live for an hour at most"
    assert job["spec"]["timeZone"] == "Etc/UTC", "in one time zone"
    assert container(AGENTS, stage, "l3-cache-cleanup")["command"] == ["sh", "/scripts/cleanup.sh"], "it runs this"
    script = file_text(AGENTS, stage, "l3-cache-cleanup", "/scripts/cleanup.sh")
    assert "DELETE FROM cache_entries WHERE expires_at < now()" in script, "what has expired, and no other row"
    assert "--set=ON_ERROR_STOP=1" in script, "and fails where the statement does"
    assert set(secret_files(AGENTS, stage, "l3-cache-cleanup")) == {"pg_service.conf"}, "it connects to the pooler"


@STAGES
@pytest.mark.demand("CAC-19")
def test_the_table_of_the_third_level_has_an_index_to_clean_by(stage: str) -> None:
    files = script_files(AGENTS, stage, "migrate")
    tables = [one for one in statements(files["tables.sql"]) if "cache_entries" in one]
    assert len(tables) == 1, "the migration makes the table"
    assert "expires_at timestamptz NOT NULL" in tables[0], "every row has its time of expiry"
    indexes = [one for one in statements(files["optimize_performance.sql"]) if "ON cache_entries (expires_at)" in one]
    assert indexes, "the clean-up reads no live rows"
