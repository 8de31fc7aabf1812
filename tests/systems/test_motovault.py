"""MotoVaultPro is described as its document demands."""

from quadrant_platform.model.expansion.plan import Plan, plan
from quadrant_platform.model.loader import load_environment, load_system, system_file
from quadrant_platform.model.schema.environment import PRESETS
from quadrant_platform.model.schema.types import Segment, Stage

SYSTEM = load_system(system_file("motovault"))
SECRET_FILES = {
    "app": {
        "auth0-client-secret",
        "google-maps-api-key",
        "minio-access-key",
        "minio-secret-key",
        "platform-vehicles-api-key",
        "postgres-password",
    },
    "platform": {"platform-db-password", "vehicles-db-password"},
}
ADDED_SECRET_FILES = {
    "app": {"admin-redis-password", "platform-tenants-api-key"},
    "platform": {"platform-redis-password", "vehicles-redis-password"},
}


def planned(stage: Stage) -> Plan:
    return plan(SYSTEM, load_environment(stage, {}))


def test_each_of_the_four_segments_names_its_network_and_purpose() -> None:
    purposes = {
        Segment.FRONTEND: "public-traffic-only",
        Segment.BACKEND: "api-services",
        Segment.DATABASE: "app-data-layer",
        Segment.PLATFORM: "platform-services",
    }
    expected = {
        segment: {"com.motovaultpro.network": segment.value, "com.motovaultpro.purpose": purpose}
        for segment, purpose in purposes.items()
    }
    assert {segment: settings.labels for segment, settings in SYSTEM.segments.items()} == expected, (
        "people find a segment's networks by these labels"
    )


def test_every_workload_lives_in_the_segment_of_its_network() -> None:
    parts = (SYSTEM.services, SYSTEM.databases, SYSTEM.caches, SYSTEM.object_stores)
    homes = {name: workload.segment.value for part in parts for name, workload in part.items()}
    assert homes == {
        "admin-frontend": "frontend",
        "mvp-platform-landing": "frontend",
        "admin-backend": "backend",
        "mvp-platform-tenants": "backend",
        "mvp-platform-vehicles-api": "backend",
        "admin-postgres": "database",
        "admin-redis": "database",
        "admin-minio": "database",
        "platform-postgres": "platform",
        "platform-redis": "platform",
        "mvp-platform-vehicles-db": "platform",
        "mvp-platform-vehicles-redis": "platform",
    }, "twelve workloads are named, each with a home (X-03)"


def test_further_networks_of_a_service_are_attachments() -> None:
    attached = {name: {segment.value for segment in service.attached} for name, service in SYSTEM.services.items()}
    assert attached == {
        "admin-frontend": set(),
        "mvp-platform-landing": set(),
        "admin-backend": {"database", "platform"},
        "mvp-platform-tenants": {"platform"},
        "mvp-platform-vehicles-api": {"platform"},
    }, "the document attaches exactly these"


def test_services_listen_where_their_callers_expect_them() -> None:
    ports = {name: next(iter(service.ports.values())) for name, service in SYSTEM.services.items()}
    assert ports == {
        "admin-frontend": 3000,
        "mvp-platform-landing": 3000,
        "admin-backend": 3001,
        "mvp-platform-tenants": 8000,
        "mvp-platform-vehicles-api": 8000,
    }, "the first port is the one that routes, flows and probes use"


def test_tiers_follow_the_importance_of_each_workload() -> None:
    parts = (SYSTEM.services, SYSTEM.databases, SYSTEM.caches, SYSTEM.object_stores)
    tiers = {name: workload.resources.tier for part in parts for name, workload in part.items()}
    first = {"admin-backend", "mvp-platform-vehicles-api", "admin-postgres"}
    third = {"admin-redis", "platform-redis", "mvp-platform-vehicles-redis", "admin-minio"}
    expected = {name: 1 if name in first else 3 if name in third else 2 for name in tiers}
    assert tiers == expected, "databases that the tier table omits are tier 2 (X-17)"


def test_every_service_answers_on_the_three_health_paths() -> None:
    for name, service in SYSTEM.services.items():
        paths = (service.probes.basic, service.probes.readiness, service.probes.liveness)
        assert paths == ("/health", "/health/ready", "/health/live"), f"{name} departs from the standard paths"


def test_each_secret_is_one_file_of_its_own_name() -> None:
    for group, files in SECRET_FILES.items():
        found = {name for name, secret in SYSTEM.secrets.items() if secret.group == group}
        assert found == files | ADDED_SECRET_FILES[group], f"secrets/{group} holds the document's files and X-22's"
    several = {name for name, secret in SYSTEM.secrets.items() if set(secret.keys) != {name}}
    assert not several, f"{several}: a single file has the name of its Secret"


def test_a_service_key_is_mounted_at_the_caller_and_at_the_callee() -> None:
    callers = SYSTEM.services["admin-backend"].secrets
    for callee in ("tenants", "vehicles-api"):
        key = f"platform-{callee.removesuffix('-api')}-api-key"
        assert key in callers, f"admin-backend calls with {key}"
        assert key in SYSTEM.services[f"mvp-platform-{callee}"].secrets, f"{callee} compares {key} (X-22)"


def test_the_application_finds_its_stores_by_the_names_in_its_file() -> None:
    content = SYSTEM.configs["app"].content
    assert isinstance(content, dict), "the file is a mapping"
    admin, minio = SYSTEM.databases["admin-postgres"], SYSTEM.object_stores["admin-minio"]
    assert content["database"] == {
        "host": "admin-postgres",
        "port": admin.port,
        "name": admin.database,
        "user": admin.user,
    }, "the database's coordinates agree with the database"
    assert content["minio"] == {"endpoint": "admin-minio", "port": minio.port, "bucket": minio.buckets[0]}, (
        "the bucket's coordinates agree with the object store"
    )
    assert content["external"]["vpic_api_url"] == "https://vpic.nhtsa.dot.gov/api/vehicles", "the address is verbatim"


def test_preflight_requests_are_answered_before_authentication() -> None:
    used = SYSTEM.edge.routes["admin-api"].middlewares
    order = [name for name in used if name in ("cors", "api-auth", "secure-headers")]
    assert order == ["cors", "api-auth", "secure-headers"], "a preflight request carries no token (X-11)"


def test_only_sign_in_and_health_of_the_backend_are_open() -> None:
    backend = {name: route for name, route in SYSTEM.edge.routes.items() if route.to == "admin-backend"}
    guarded = {name for name, route in backend.items() if "api-auth" in route.middlewares}
    open_routes = {name: route.path or route.prefixes for name, route in backend.items() if name not in guarded}
    assert open_routes == {"sign-in": ("/api/auth",), "health": "/health"}, "everything else needs a token (X-12, X-13)"


def test_sign_in_is_limited_more_strictly_than_the_rest() -> None:
    limits = SYSTEM.edge.middlewares
    sign_in, client = limits["sign-in-limit"].rate_limit, limits["client-limit"].rate_limit
    assert client is not None, "every public route is limited"
    assert (client.average, client.period) == (100, "1m"), "a client may send 100 requests a minute"
    assert sign_in is not None, "sign-in is limited"
    assert sign_in.average < client.average, "guessing must be slower than using (X-12)"


def test_operators_pages_are_behind_the_allow_list() -> None:
    routes = SYSTEM.edge.routes
    for name in ("dashboard", "minio-console"):
        assert routes[name].middlewares == ("dashboard-allowlist",), f"{name} is for private networks"
    assert routes["minio-console"].stages == (Stage.DEV,), "prod has no console (X-14)"


def test_only_three_services_reach_external_systems() -> None:
    callers: dict[str, set[str]] = {name: set() for name in SYSTEM.external_apis}
    for row in SYSTEM.flows:
        for target in set(row.targets) & set(callers):
            callers[target] |= set(row.sources)
    assert callers == {
        "auth0": {"admin-backend", "mvp-platform-tenants"},
        "google-maps": {"admin-backend"},
        "vpic": {"admin-backend", "mvp-platform-vehicles-api"},
    }, "each of the three calls its own APIs, and no other workload calls out"


def test_the_flow_table_expands_in_both_stages() -> None:
    for stage in PRESETS:
        assert planned(stage).matrix.rows, f"{stage} permits nothing"
