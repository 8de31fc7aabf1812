"""MotoVault's phase 4 is described as its document demands."""

from quadrant_platform.model.expansion.plan import plan
from quadrant_platform.model.expansion.workloads import declared_namespace
from quadrant_platform.model.loader import load_environment, load_system, system_file
from quadrant_platform.model.schema.service import Autoscaling
from quadrant_platform.model.schema.types import Segment, Stage

SYSTEM = load_system(system_file("motovault-phase4"))
APP = SYSTEM.services["motovault"]
INDEXES = (
    "idx_gasrecords_vehicle_date",
    "idx_servicerecords_vehicle_date",
    "idx_reminderrecords_active_due",
    "idx_vehicles_active_users",
)


def config() -> dict[str, object]:
    content = SYSTEM.configs["app"].content
    assert isinstance(content, dict), "the file is a mapping"
    return content


def test_the_application_keeps_its_namespace_label_and_ports() -> None:
    assert declared_namespace(SYSTEM, Segment.BACKEND) == "motovault", "scripts and alerts name this namespace"
    assert APP.labels == {"app": "motovault"}, "selectors of the document name this label"
    assert next(iter(APP.ports.values())) == 8080, "the container listens on 8080"
    assert (APP.service_port, APP.aliases) == (80, {"motovault-service": 80}), "its Services listen on 80"
    assert APP.probes.readiness == "/health/ready", "rollouts wait for this path"


def test_five_copies_are_released_blue_green_by_a_person() -> None:
    rollout = APP.rollout
    assert APP.replicas == 5, "the document runs five"
    assert (rollout.name, rollout.strategy) == ("motovault-rollout", "blueGreen"), "scripts name this Rollout"
    assert (rollout.active_service, rollout.preview_service) == ("motovault-active", "motovault-preview"), (
        "the active and the preview Service"
    )
    assert not rollout.auto_promotion, "a person promotes"
    assert rollout.scale_down_delay == "30s", "the old version stays for half a minute (X-35)"


def test_every_analysis_of_the_rollout_is_defined() -> None:
    assert APP.rollout.before_promotion == ("health-check",), "the preview must be healthy"
    assert "performance-check" in APP.rollout.after_promotion, "the new version must be fast"
    missing = {*APP.rollout.before_promotion, *APP.rollout.after_promotion} - set(SYSTEM.analyses)
    assert not missing, f"{missing} would stop the rollout (X-40)"


def test_the_gates_are_a_ratio_and_a_quantile_over_two_minutes() -> None:
    errors, latency = SYSTEM.analyses["error-rate"], SYSTEM.analyses["performance-check"]
    assert (errors.success, latency.success) == ("result[0] < 0.05", "result[0] < 2.0"), "the document's limits"
    assert " / " in errors.query.replace("\n", " "), "requests per second are no ratio (X-39)"
    assert "sum by (le)" in latency.query, "a quantile needs whole buckets (X-39)"
    assert all("[2m]" in analysis.query and analysis.failure_limit == 3 for analysis in (errors, latency)), (
        "two minutes, three failures"
    )


def test_the_server_has_connections_for_two_versions_with_full_pools() -> None:
    database = config()["database"]
    assert isinstance(database, dict), "the pool is described"
    assert not isinstance(APP.replicas, Autoscaling), "the number of pools is fixed"
    needed = 2 * APP.replicas * database["pool"]["max_size"] + 10
    assert SYSTEM.databases["postgresql"].max_connections >= needed, "blue and green run side by side (X-37)"


def test_the_connection_string_and_the_file_agree_on_the_pool() -> None:
    text = SYSTEM.secrets["motovault-secrets"].keys["POSTGRES_CONNECTION"].compose
    database = config()["database"]
    assert text is not None, "dev composes the string"
    assert isinstance(database, dict), "the pool is described"
    options = dict(part.split("=", 1) for part in text.split(";"))
    pool = database["pool"]
    in_file = [pool[f"{key}_seconds"] for key in ("lifetime", "idle_lifetime", "pruning_interval")]
    in_text = [options[f"Connection {key}"] for key in ("Lifetime", "Idle Lifetime", "Pruning Interval")]
    assert (options["Maximum Pool Size"], options["Minimum Pool Size"]) == ("100", "10"), "the document's pool"
    assert (pool["max_size"], pool["min_size"]) == (100, 10), "the file has the same values"
    assert in_text == [str(value) for value in in_file] == ["300", "300", "10"], "lifetimes agree"


def test_lifetimes_of_cached_values_are_the_documents() -> None:
    cache = config()["cache"]
    assert isinstance(cache, dict), "the cache is described"
    assert cache["memory"] == {"ttl_seconds": 300}, "five minutes in memory"
    assert cache["redis"] == {"ttl_seconds": 3600, "expiration": "sliding"}, "an hour in Redis, extended by use"
    assert (cache["dashboard_ttl_seconds"], cache["fuel_report_ttl_seconds"]) == (900, 21600), "15 min and 6 h"
    assert cache["warm_up"]["interval_seconds"] == 3600, "dashboards are loaded every hour"


def test_the_vault_keeps_the_documents_addresses() -> None:
    vault = SYSTEM.vault
    assert vault is not None, "prod reads secrets from a vault"
    assert (vault.store, vault.server, vault.path, vault.mount, vault.role, vault.refresh) == (
        "vault-backend",
        "https://vault.example.com",
        "secret",
        "kubernetes",
        "motovault-role",
        "1h",
    ), "the store that operators have set up"
    keys = SYSTEM.secrets["motovault-secrets"].keys
    assert {name: (key.path, key.property) for name, key in keys.items()} == {
        "POSTGRES_CONNECTION": ("motovault/database", "connection_string"),
        "JWT_SECRET": ("motovault/auth", "jwt_secret"),
    }, "the application reads exactly these two"


def test_four_indexes_are_created_without_blocking_writes() -> None:
    sql = SYSTEM.jobs["create-indexes"].files["indexes.sql"]
    for name in INDEXES:
        assert f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name}" in sql, f"{name} is created concurrently"
    assert sql.count("CREATE INDEX") == len(INDEXES), "and no other index"
    assert "BEGIN" not in sql, "CONCURRENTLY refuses to run in a transaction"


def test_both_security_alerts_are_verbatim() -> None:
    rules = {name: (alert.expr, alert.severity, alert.group) for name, alert in SYSTEM.alerts.items()}
    assert rules["HighFailedLoginAttempts"] == (
        "rate(motovault_failed_login_attempts_total[5m]) > 10",
        "warning",
        "security.rules",
    ), "as in the document (X-47)"
    assert rules["SuspiciousNetworkActivity"] == (
        'rate(container_network_receive_bytes_total{namespace="motovault"}[5m]) > 1e8',
        "critical",
        "security.rules",
    ), "as in the document"


def test_requests_and_logins_have_the_documents_limits() -> None:
    routes, middlewares = SYSTEM.edge.routes, SYSTEM.edge.middlewares
    api, login = middlewares["api-limit"].rate_limit, middlewares["login-limit"].rate_limit
    assert api is not None, "requests are limited"
    assert (api.average, api.period, api.burst) == (100, "1m", 10), "100 a minute and a queue of 10"
    assert login is not None, "logins are limited"
    assert (login.average, login.period) == (5, "5m"), "five in five minutes"
    assert "api-limit" in routes["app"].middlewares, "the limit is in use"
    assert "login-limit" in routes["login"].middlewares, "the login has the stricter one"


def test_static_files_are_cached_for_a_year() -> None:
    route = SYSTEM.edge.routes["static"]
    headers = SYSTEM.edge.middlewares["static-headers"].headers
    assert (route.host, route.prefixes) == ("cdn.motovault.example.com", ("/static",)), "the CDN's origin"
    assert route.alias == "motovault-service", "the route names the alias"
    assert headers is not None, "headers are set"
    assert headers.response["Cache-Control"] == "public, max-age=31536000, immutable", "names of files never repeat"
    assert "X-Cache-Status" in headers.response, "the header shows whether a cache answered (X-30)"


def test_only_the_secrets_operator_reaches_the_vault() -> None:
    matrix = plan(SYSTEM, load_environment(Stage.PROD, {})).matrix
    port = SYSTEM.external_apis["vault"].egress_port
    callers = {row.source.id for row in matrix.rows if row.listener.number == port}
    assert callers == {"external-secrets/external-secrets"}, "no workload of ours reads the vault itself"
