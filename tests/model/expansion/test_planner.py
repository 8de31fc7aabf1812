"""What depends on the environment is decided once, and planned workloads carry the decision."""

import pytest

from quadrant_platform.model.schema.quantities import Bytes
from quadrant_platform.model.schema.service import TIERS
from tests.components.sample import entry, planned, planned_workload


def test_single_copies_are_for_every_kind_of_workload() -> None:
    counts = {one.name: one.copies for one in planned("dev").workloads()}
    assert {name for name, copies in counts.items() if copies > 1} == {"session", "session-sentinel"}, (
        "a quorum keeps its members, all others run once"
    )
    assert planned("prod").brokers["bus"].copies == 3, "prod runs what is declared"


def test_an_autoscaler_is_planned_only_where_copies_are_declared() -> None:
    scaled = [one.name for one in planned("prod").services.values() if one.autoscaling]
    assert scaled, "the shop scales a service"
    assert not [one.name for one in planned("dev").services.values() if one.autoscaling], "dev runs single copies"
    prod = planned("prod").services[scaled[0]]
    assert prod.autoscaling, "the same service"
    assert prod.copies == prod.autoscaling.min, "the fewest copies decide whether it has a budget"


@pytest.mark.parametrize(("stage", "engine"), [("dev", "statefulSet"), ("prod", "cloudNativePg")])
def test_the_environment_decides_the_engine_of_postgresql_alone(stage: str, engine: str) -> None:
    databases = planned(stage).databases
    assert databases["orders-db"].engine == engine, "one pod or the operator's cluster"
    assert databases["events-db"].engine == "clickhouse", "ClickHouse has one way to run"


def test_a_cache_has_its_sentinels_where_it_runs_under_them() -> None:
    session, pages = planned("prod").caches["session"], planned("prod").caches["pages"]
    assert (session.mode, session.sentinel is not None) == ("sentinel", True), "declared"
    assert (pages.mode, pages.sentinel) == ("replica", None), "replicas need no quorum"
    forced = planned("prod", overrides={"cacheMode": "single"}).caches["session"]
    assert (forced.mode, forced.copies, forced.sentinel) == ("single", 1, None), "the environment may want one server"


def test_an_external_database_is_planned_at_the_environments_address_or_in_the_cluster() -> None:
    inside = planned("dev")
    assert "ledger-db" in inside.databases, "without an address one runs in the cluster"
    assert not inside.external_databases, "and none outside"
    outside = planned("dev", overrides={"externalDatabases": {"ledger-db": {"primary": "10.20.0.5/32"}}})
    assert "ledger-db" not in outside.databases, "with an address none runs in the cluster"
    assert outside.external_databases["ledger-db"].address.primary == "10.20.0.5/32", "it is at the address"


def test_requests_are_a_share_of_the_limits_and_never_nothing() -> None:
    service, store = planned_workload("dev"), planned_workload("dev", "session")
    assert service.requests(TIERS[1]).cpu < store.requests(TIERS[1]).cpu, "a store uses more of what it may use"
    tiny = TIERS[1].model_copy(update={"memory": Bytes.of_mebibytes(1)})
    assert service.requests(tiny).memory == Bytes.of_mebibytes(16), "below that no process starts"


def test_a_claim_is_capped_by_the_environment() -> None:
    large = Bytes.parse("20Gi")
    assert planned_workload("dev", "session").claim(large) == Bytes.parse("1Gi"), "a laptop's disk is small"
    assert planned_workload("prod", "session").claim(large) == large, "prod gets what is declared"


def test_an_own_image_replaces_the_engines() -> None:
    some = planned(overrides={"images": {"session": "registry.example.com/redis:7.2.9"}})
    assert some.caches["session"].image("redis:1") == "registry.example.com/redis:7.2.9", "the environment's"
    assert some.caches["pages"].image("redis:1") == "redis:1", "the engine's"


def test_routes_and_jobs_of_another_stage_are_not_planned() -> None:
    assert "cleanup" not in planned("dev").jobs, "it is a job of prod"
    assert "cleanup" in planned("prod").jobs, "where it is planned"
    names = {stage: {route.name for route in entry(planned(stage)).routes} for stage in ("dev", "prod")}
    assert names["dev"] - names["prod"] == {"pictures"}, "the console is for developers"
