"""Pinky Promise is described as its document demands."""

import pytest

from quadrant_platform.model.schema.service import Autoscaling
from quadrant_platform.model.schema.types import Stage
from tests.systems.stacks import planned, reached_by, written

PLAN = planned("pinky-promise", Stage.PROD)
SYSTEM, ENVIRONMENT = PLAN.system, PLAN.environment
APEX = "pinky-promise.example.com"
BACKEND = "pinky-promise-backend/backend"
TRAEFIK = "pinky-promise-frontend/traefik"
BOTH = pytest.mark.parametrize("stage", list(Stage))


def test_the_backend_answers_on_5001_and_is_asked_at_health() -> None:
    backend = SYSTEM.services["backend"]
    probes = {backend.probes.startup, backend.probes.readiness, backend.probes.liveness}
    assert (backend.ports["http"], probes) == (5001, {"/health"}), "the seed names this port and this path"


def test_the_frontend_listens_on_8080() -> None:
    assert SYSTEM.services["frontend"].ports["http"] == 8080, "section 3.1 resolves the port that the seed leaves out"


@pytest.mark.parametrize(("name", "highest"), [("frontend", 10), ("backend", 12)])
def test_both_services_scale_on_three_kinds_of_metrics(name: str, highest: int) -> None:
    scaling = SYSTEM.services[name].replicas
    assert isinstance(scaling, Autoscaling), "both have an autoscaler"
    assert (scaling.min, scaling.max, scaling.cpu, scaling.memory) == (3, highest, 45, 55), "just under 50% and 60%"
    assert scaling.requests_per_second, "a custom metric is the third kind"


def test_the_cache_is_found_by_its_label_and_keeps_its_data() -> None:
    cache = SYSTEM.caches["redis-cache"]
    assert cache.labels == {"app": "redis-cache"}, "the seed's commands select app=redis-cache"
    assert (cache.mode, cache.replicas, cache.port, cache.append_only) == ("replica", 1, 6379, True), (
        "one server and a replica in prod, with persistence"
    )


def test_the_database_of_prod_is_two_private_addresses() -> None:
    address = ENVIRONMENT.external_databases["postgresql"]
    assert address.primary.endswith("/32"), "a single private address is reached, not a network"
    assert len(address.replicas) == SYSTEM.external_databases["postgresql"].replicas == 1, "reads go to a replica"


@BOTH
def test_the_backend_reaches_its_cache_and_its_database_only(stage: Stage) -> None:
    database = "postgresql" if stage is Stage.PROD else "pinky-promise-database/postgresql"
    assert reached_by("pinky-promise", stage, BACKEND) == {
        ("pinky-promise-database/redis-cache", 6379),
        (database, 5432),
    }, "section 3.2 has no other row from the backend"


@BOTH
def test_the_frontend_reaches_nothing_at_all(stage: Stage) -> None:
    assert not reached_by("pinky-promise", stage, "pinky-promise-frontend/frontend"), (
        "X-53: calls of the browser go through the public entry"
    )


def test_the_public_entry_reaches_only_what_has_a_route() -> None:
    assert {target for target, _ in reached_by("pinky-promise", Stage.PROD, TRAEFIK)} == {
        "pinky-promise-frontend/frontend",
        BACKEND,
        "monitoring/grafana",
        "api-server",
    }, "X-50: there is no way from the entry to the cache"


@BOTH
def test_dumps_leave_from_the_database_segment_through_the_egress(stage: Stage) -> None:
    backup = "pinky-promise-database/database-backup"
    assert (backup, "pinky-promise-frontend/traefik-egress", 9001) in written("pinky-promise", stage), (
        "the bucket lies outside, and traefik-egress is the only way there"
    )


def test_dumps_are_made_every_six_hours_and_kept_for_thirty_days() -> None:
    backup = SYSTEM.backup
    assert backup is not None, "the plan is part of the system"
    assert SYSTEM.jobs["database-backup"].schedule == "0 */6 * * *", "section 3.6 resolves the schedule"
    assert (backup.rto, backup.rpo, backup.wal_archive_interval) == ("15m", "5m", "5m"), "dumps alone lose six hours"
    assert backup.cross_region, "another region has a copy"
    assert {run.retention for run in backup.schedules.values()} == {"30d"}, "section 3.6 resolves the retention"


def test_calls_of_the_api_are_sticky_and_everything_else_is_the_app() -> None:
    routes = SYSTEM.edge.routes
    assert (routes["api"].host, routes["api"].prefixes, routes["api"].to) == (APEX, ("/api",), "backend"), "ING-34"
    assert all(route.sticky for route in routes.values() if route.to == "backend"), "sessions keep to one backend"
    assert (routes["app"].host, routes["app"].prefixes, routes["app"].to) == (APEX, (), "frontend"), "ING-34"


def test_health_and_promises_need_no_token_but_the_rest_of_the_api_does() -> None:
    assert "jwt" in SYSTEM.edge.routes["api"].middlewares, "a token is verified before the backend is asked"
    public = SYSTEM.edge.routes["api-public"]
    assert {"/api/health", "/api/promises"} <= set(public.prefixes), "both answer to everybody"
    assert "jwt" not in public.middlewares, "a route that asks for a token is not public"


def test_the_certificate_has_every_host_that_has_a_route() -> None:
    certificate = SYSTEM.edge.certificate
    assert certificate is not None, "prod serves TLS only"
    assert certificate.name == "pinky-promise-ssl", "the seed's commands describe this name"
    hosts = {route.host for route in SYSTEM.edge.routes.values()}
    assert hosts | {f"*.{APEX}"} <= set(certificate.hosts), "X-49: the monitoring host and the wildcard are in it"


def test_dashboards_are_public_in_prod_only_and_behind_two_checks() -> None:
    route = SYSTEM.edge.routes["monitoring"]
    kinds = [SYSTEM.edge.middlewares[name] for name in route.middlewares]
    assert route.stages == (Stage.PROD,), "dev forwards a port"
    assert any(kind.allow_list for kind in kinds), "only the office gets through"
    assert any(kind.basic_auth for kind in kinds), "and only with a password"


def test_prod_is_published_at_a_reserved_address_to_authorised_networks() -> None:
    publishing = ENVIRONMENT.publishing
    assert publishing.load_balancer_address, "the address is reserved"
    assert publishing.external_dns, "its records are managed"
    assert publishing.dns_challenge, "a wildcard needs the DNS challenge"
    assert ENVIRONMENT.network.authorized_networks, "NET-25: access from outside is limited"
