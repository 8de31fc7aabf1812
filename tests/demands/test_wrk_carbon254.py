"""carbon254: the four services of the pipeline, their sizes and their settings."""

import pytest

from quadrant_platform.quantities import parse_quantity
from tests.demands.rendered import (
    STAGES,
    breaks,
    container,
    contains,
    labels,
    manifests,
    refusals,
    secret_files,
    settings,
    workload,
)
from tests.policies.builders import REMOVE

SYSTEM = "carbon254"
SERVICES = ("normalization", "enrichment", "aggregation", "projection")
EACH = pytest.mark.parametrize("name", SERVICES)
FIRST = "spec/template/spec/containers/0"


@STAGES
@pytest.mark.demand("WRK-24")
def test_the_pipeline_is_four_services(stage: str) -> None:
    """X-73: port 8080, the health paths of the redesign, segment backend, no public route."""
    workloads = [one["metadata"] for one in manifests(SYSTEM, stage) if one["kind"] in ("Deployment", "Rollout")]
    backend = {one["name"] for one in workloads if one["namespace"] == "carbon254-backend"}
    assert backend == set(SERVICES), "these four and no fifth"
    assert not [one for one in manifests(SYSTEM, stage) if one["kind"] == "IngressRoute"], "the public has no way in"


@STAGES
@EACH
@pytest.mark.demand("WRK-24")
def test_a_service_belongs_to_the_release(stage: str, name: str) -> None:
    """X-73: port 8080 and the health paths of the redesign."""
    assert labels(SYSTEM, stage, name)["release"] == "data-processing-pipeline", "the four are released as one"
    found = container(SYSTEM, stage, name)
    assert found["ports"][0]["containerPort"] == 8080, "messages aside, it listens here"
    asked = found["readinessProbe"]["httpGet"]
    assert (asked["path"], asked["port"]) == ("/health/ready", 8080), "and answers there whether it is ready"


@STAGES
@EACH
@pytest.mark.demand("WRK-25")
def test_requests_are_half_of_the_limits_at_most(stage: str, name: str) -> None:
    resources = container(SYSTEM, stage, name)["resources"]
    for resource in ("cpu", "memory"):
        asked, allowed = (parse_quantity(resources[side][resource]) for side in ("requests", "limits"))
        assert 0 < asked <= allowed / 2, f"{name} asks for {asked} of {allowed} {resource}"


@STAGES
@EACH
@pytest.mark.demand("WRK-25")
def test_a_service_without_requests_or_limits_is_refused(stage: str, name: str) -> None:
    assert not breaks(SYSTEM, stage, "requests-and-limits"), "the stack states all four amounts everywhere"
    for side in ("requests", "limits"):
        for resource in ("cpu", "memory"):
            path = f"{FIRST}/resources/{side}/{resource}"
            found = refusals(workload(SYSTEM, stage, name), path, REMOVE)
            assert "requests-and-limits" in found, f"{name} without {side} of {resource} is stopped"


def writes(stage: str, name: str) -> dict[str, object]:
    """How a service writes to its database."""
    found = settings(SYSTEM, stage, name)
    return dict((found.get("clickhouse") or found["postgres"])["batch"])


@STAGES
@EACH
@pytest.mark.demand("WRK-26", partly="no program reads these keys")
def test_database_writes_are_batched(stage: str, name: str) -> None:
    assert writes(stage, name) == {"rows": 1000, "flush_seconds": 5}, "1000 rows or five seconds, whichever is first"


@STAGES
@EACH
@pytest.mark.demand("WRK-27", partly="no program reads these keys")
def test_consumers_wait_for_worthwhile_fetches(stage: str, name: str) -> None:
    """100 KB are taken as 100 KiB."""
    expected = {"fetch_min_bytes": 102400, "fetch_max_wait_ms": 500}
    assert settings(SYSTEM, stage, name)["kafka"]["consumer"] == expected, "100 KiB or half a second"


@STAGES
@EACH
@pytest.mark.demand("WRK-28", partly="no program reads these keys")
def test_every_service_pools_connections_and_pipelines(stage: str, name: str) -> None:
    found = settings(SYSTEM, stage, name)
    assert found["redis"]["pipelining"] is True, "several commands travel in one round trip"
    stores = [found[store] for store in ("redis", "clickhouse", "postgres") if store in found]
    assert len(stores) == 2, "a cache and a database"
    for store in stores:
        assert 0 < store["pool"]["min"] <= store["pool"]["max"], "connections are kept and bounded"


@STAGES
@pytest.mark.demand("WRK-29", partly="no program reads these keys")
def test_normalization_caches_parsers_and_inserts_in_batches(stage: str) -> None:
    found = settings(SYSTEM, stage, "normalization")
    assert found["parser"]["cache"]["enabled"] is True, "a parser is built once for each format"
    assert found["parser"]["cache"]["max_entries"] > 0, "and their number is bounded"
    assert contains(found["clickhouse"], {"host": "clickhouse", "batch": {"rows": 1000}}), (
        "ClickHouse likes few inserts"
    )
    assert "clickhouse-password" in secret_files(SYSTEM, stage, "normalization"), "and it may sign in there"


@STAGES
@pytest.mark.demand("WRK-30", partly="no program reads these keys")
def test_aggregation_computes_windows_in_memory_and_in_parallel(stage: str) -> None:
    windows = settings(SYSTEM, stage, "aggregation")["windows"]
    assert windows == {"buffers": "memory", "parallel": True, "vectorized": True}, "as in the pipeline's design"


@STAGES
@pytest.mark.demand("WRK-30", partly="no program reads these keys")
def test_aggregation_has_head_room_for_its_buffers(stage: str) -> None:
    limits = {name: container(SYSTEM, stage, name)["resources"]["limits"] for name in SERVICES}
    own = limits.pop("aggregation")
    most = max(parse_quantity(one["memory"]) for one in limits.values())
    assert parse_quantity(own["memory"]) >= 2 * most, "buffers take memory that the other services do not need"
    assert parse_quantity(own["cpu"]) >= 2, "parallel windows need more than one core"
