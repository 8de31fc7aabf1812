"""motovault: configuration comes from files, three variables point to them, and nothing runs in a lax mode."""

import pytest
import yaml

from quadrant_platform.model.loader import system_file
from tests.demands.rendered import (
    STAGES,
    breaks,
    container,
    contains,
    manifests,
    named,
    planted,
    pod,
    refusals,
    refused,
    secret_files,
    settings,
    sources,
    variables,
    workload,
)

SYSTEM = "motovault"
APPLICATIONS = (
    "admin-frontend", "mvp-platform-landing", "admin-backend", "mvp-platform-tenants", "mvp-platform-vehicles-api",
)  # fmt: skip
CONFIGURED = APPLICATIONS[2:]
ALLOWED = {"NODE_ENV", "CONFIG_PATH", "SECRETS_DIR"}
FIRST = "spec/template/spec/containers/0"


@STAGES
@pytest.mark.demand("WRK-14")
@pytest.mark.parametrize("name", CONFIGURED)
def test_configuration_is_a_read_only_file_that_a_variable_names(stage: str, name: str) -> None:
    found = variables(container(SYSTEM, stage, name))
    assert found["CONFIG_PATH"] == "/app/config/production.yml", "one pointer to the configuration"
    assert found["SECRETS_DIR"] == "/run/secrets", "one pointer to the secrets"
    (source,) = sources(pod(SYSTEM, stage, name), "/app/config")
    assert source["configMap"]["items"] == [{"key": "production.yml", "path": "production.yml"}], "the file is there"
    assert settings(SYSTEM, stage, name), "and its ConfigMap stands in the namespace of its reader"
    assert secret_files(SYSTEM, stage, name), "secrets are files too"


@pytest.mark.demand("WRK-14")
def test_configuration_files_come_from_the_two_known_folders() -> None:
    """The row's folders are in the system's own folder (decision 18)."""
    folder = system_file(SYSTEM).parent
    found = {str(file.parent.relative_to(folder)) for file in (folder / "config").rglob("*.example")}
    assert found == {"config/app", "config/platform"}, "one folder for each file of configuration"


@STAGES
@pytest.mark.demand("WRK-15")
@pytest.mark.parametrize("name", [*APPLICATIONS, "admin-migrations"])
def test_an_application_has_the_three_variables_at_most(stage: str, name: str) -> None:
    """X-10: no other variable and no fallback to one."""
    found = container(SYSTEM, stage, name)
    assert set(variables(found)) <= ALLOWED, "everything else is in a file"
    assert "envFrom" not in found, "no whole map of variables"
    assert not any("valueFrom" in entry for entry in found.get("env", ())), "and none from elsewhere"


@STAGES
@pytest.mark.demand("WRK-15")
def test_a_fourth_variable_is_refused(stage: str) -> None:
    assert not breaks(SYSTEM, stage, "allowed-env"), "the stack keeps to the three"
    for name in APPLICATIONS:
        target = workload(SYSTEM, stage, name)
        assert "allowed-env" in refusals(target, f"{FIRST}/env", [{"name": "DB_HOST", "value": "x"}]), "a setting"
        assert "allowed-env" in refusals(target, f"{FIRST}/envFrom", [{"configMapRef": {"name": "x"}}]), "a whole map"


@STAGES
@pytest.mark.demand("WRK-16")
def test_the_applications_file_says_what_the_platform_expects(stage: str) -> None:
    expected = {
        "server": {"port": 3001, "tenant_id": "admin"},
        "database": {"host": "admin-postgres", "port": 5432, "name": "motovaultpro", "user": "postgres"},
        "redis": {"host": "admin-redis", "port": 6379},
        "minio": {"endpoint": "admin-minio", "port": 9000, "bucket": "motovaultpro"},
        "auth0": {"domain": "motovaultpro.us.auth0.com", "audience": "https://api.motovaultpro.com"},
        "platform": {
            "vehicles_api_url": "http://mvp-platform-vehicles-api:8000",
            "tenants_api_url": "http://mvp-platform-tenants:8000",
        },
        "external": {"vpic_api_url": "https://vpic.nhtsa.dot.gov/api/vehicles"},
    }
    found = settings(SYSTEM, stage, "admin-backend")
    assert contains(found, expected), f"{found} lacks or changes a value"


@STAGES
@pytest.mark.demand("WRK-16")
def test_short_names_in_the_file_resolve_across_segments(stage: str) -> None:
    searched = set(pod(SYSTEM, stage, "admin-backend")["dnsConfig"]["searches"])
    assert "motovault-database.svc.cluster.local" in searched, "admin-postgres, admin-redis and admin-minio are there"


@STAGES
@pytest.mark.demand("WRK-17")
@pytest.mark.parametrize(
    ("name", "part", "database", "secrets"),
    [
        ("mvp-platform-tenants", "tenants", "platform-postgres", {"platform-db-password", "platform-tenants-api-key"}),
        (
            "mvp-platform-vehicles-api",
            "vehicles",
            "mvp-platform-vehicles-db",
            {"vehicles-db-password", "platform-vehicles-api-key"},
        ),
    ],
)
def test_platform_services_read_their_file_and_secrets(
    stage: str, name: str, part: str, database: str, secrets: set[str]
) -> None:
    (source,) = sources(pod(SYSTEM, stage, name), "/app/config")
    assert source["configMap"]["name"] == "config-platform", "both read config/platform/production.yml"
    assert settings(SYSTEM, stage, name)[part]["database"]["host"] == database, "which names the service's own store"
    assert set(secret_files(SYSTEM, stage, name)) >= secrets, "and their secrets lie beside it"


@STAGES
@pytest.mark.demand("WRK-19")
def test_nothing_runs_in_a_lax_mode(stage: str) -> None:
    """X-27: the log level is the environment's, and debug modes stay off everywhere."""
    assert not breaks(SYSTEM, stage, "no-debug"), "no debug flag, and DEBUG logs in dev only"
    assert not breaks(SYSTEM, stage, "no-open-cors"), "no origin of everybody or of a developer's machine"
    level = settings(SYSTEM, stage, "admin-backend")["logging"]["level"]
    assert level == ("DEBUG" if stage == "dev" else "INFO"), "the environment sets the level"


@STAGES
@pytest.mark.demand("WRK-19")
@pytest.mark.parametrize("text", ["debug: true", "server: {debug: true}"])
def test_a_debug_mode_is_refused(stage: str, text: str) -> None:
    target = named(manifests(SYSTEM, stage), "ConfigMap", "config-app")
    stack = planted(manifests(SYSTEM, stage), target, "data", {"production.yml": text})
    assert refused(stack, "no-debug") == {"config-app"}, "in every stage"


@pytest.mark.demand("WRK-19")
def test_debug_logs_are_refused_in_prod() -> None:
    target = named(manifests(SYSTEM, "prod"), "ConfigMap", "config-app")
    lax = yaml.safe_dump({"logging": {"level": "DEBUG"}})
    stack = planted(manifests(SYSTEM, "prod"), target, "data", {"production.yml": lax})
    assert refused(stack, "no-debug") == {"config-app"}, "such logs show personal data"


@STAGES
@pytest.mark.demand("WRK-19")
@pytest.mark.parametrize("origin", ["*", "http://localhost:3000", "https://127.0.0.1"])
def test_a_lax_origin_is_refused(stage: str, origin: str) -> None:
    target = named(manifests(SYSTEM, stage), "Middleware", "cors")
    assert target["spec"]["headers"]["accessControlAllowOriginList"] == [
        "https://admin.motovaultpro.com", "https://motovaultpro.com",
    ], "the platform's own pages"  # fmt: skip
    found = refusals(target, "spec/headers/accessControlAllowOriginList", [origin])
    assert "no-open-cors" in found, f"{origin} would act with a visitor's session"


@STAGES
@pytest.mark.demand("WRK-19")
def test_the_api_asks_who_calls(stage: str) -> None:
    """X-12: sign-in has no token yet, so its paths alone, and health, go without."""
    routes = [(one["metadata"]["name"], rule) for one in manifests(SYSTEM, stage) if one["kind"] == "IngressRoute"
              for rule in one["spec"]["routes"]]  # fmt: skip
    open_ = {name for name, rule in routes if {"name": "api-auth"} not in rule.get("middlewares", ())
             and {service["name"] for service in rule["services"]} == {"admin-backend"}}  # fmt: skip
    assert open_ == {"sign-in", "health"}, "every other request to the backend carries a verified token"
    listed = {name for name, rule in routes if {"name": "dashboard-allowlist"} in rule.get("middlewares", ())}
    assert "dashboard" in listed, "the dashboard is for listed networks"
