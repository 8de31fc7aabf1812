"""PostgreSQL as one pod: its files, its container and its Services."""

import pytest

from quadrant_platform.components.database.postgresql import Database
from quadrant_platform.quantities import parse_quantity
from tests.components.sample import Manifest, kinds, main_container, one, planned, pod_spec, registered, segmented

NAME = "orders-db"


def built(stage: str = "dev", **changes: object) -> list[Manifest]:
    """The objects of the shop's database, with changes to it."""
    plan = planned(stage, {"databases": {NAME: changes}}, {"databases": "statefulSet"})
    return list(Database.manifests(plan.databases[NAME]))


def settings(manifests: list[Manifest]) -> dict[str, str]:
    """The server's settings by name."""
    text: str = one(manifests, "ConfigMap", f"{NAME}-settings")["data"]["postgresql.conf"]
    return {key: value.strip("'") for key, _, value in (line.partition(" = ") for line in text.splitlines())}


def test_a_database_is_one_pod_with_a_claim_capped_by_the_environment() -> None:
    workload, claim = one(built(), "StatefulSet", NAME), one(built(), "PersistentVolumeClaim", f"data-{NAME}-0")
    assert workload["spec"]["replicas"] == 1, "a second pod would need replication"
    assert claim["spec"]["resources"]["requests"]["storage"] == "1Gi", "dev caps claims"


def test_the_start_script_learns_database_owner_and_password_file() -> None:
    command = main_container(one(built(), "StatefulSet"))["command"]
    wanted = ["sh", "/scripts/postgresql-start.sh", "5432", "orders", "shop", "/run/secrets/orders-password"]
    assert command == wanted, "nothing relies on the image's entry point"


def test_no_password_is_in_a_variable() -> None:
    containers = pod_spec(one(built(), "StatefulSet"))["containers"]
    variables = {entry["name"]: entry["value"] for container in containers for entry in container.get("env", [])}
    assert "env" not in containers[0], "the server reads files"
    assert "password" not in str(variables), "the exporter needs none"


def test_every_container_has_three_probes_of_its_own() -> None:
    for container in pod_spec(one(built(), "StatefulSet"))["containers"]:
        assert {"startupProbe", "readinessProbe", "livenessProbe"} <= container.keys(), container["name"]


def test_declared_settings_win_over_our_own() -> None:
    found = settings(built(maxConnections=77, parameters={"shared_buffers": "99MB", "work_mem": "8MB"}))
    assert (found["max_connections"], found["shared_buffers"], found["work_mem"]) == ("77", "99MB", "8MB"), (
        "declared values override ours"
    )


@pytest.mark.parametrize(("stage", "size"), [("dev", "256MB"), ("prod", "1024MB")])
def test_the_write_ahead_log_leaves_room_on_its_claim(stage: str, size: str) -> None:
    assert settings(built(stage))["max_wal_size"] == size, "1 GB of it on a claim of 1 GiB would stop the server"


def test_every_statement_is_counted_and_timed() -> None:
    found = settings(built())
    assert found["shared_preload_libraries"] == "pg_stat_statements", "views of slow queries need it"


def test_audit_logs_sessions_and_changes_of_the_schema() -> None:
    assert settings(built(audit=True))["log_statement"] == "ddl", "audit sees who changes the schema"
    assert "log_connections" not in settings(built()), "a log of every session is for audited databases"


def test_a_quote_in_a_setting_stays_inside_it() -> None:
    plan = planned("dev", {"databases": {NAME: {"parameters": {"search_path": "a'b"}}}})
    text = one(Database.manifests(plan.databases[NAME]), "ConfigMap", f"{NAME}-settings")
    assert "search_path = 'a''b'" in text["data"]["postgresql.conf"], "a lone quote would end the value"


@pytest.mark.parametrize(("tls", "line"), [(True, "hostssl all all all scram-sha-256"), (False, "host all all all")])
def test_clients_use_tls_where_the_database_demands_it(tls: bool, line: str) -> None:
    access = one(built(tls=tls), "ConfigMap", f"{NAME}-settings")["data"]["pg_hba.conf"]
    assert line in access, "pg_hba.conf decides the transport"
    assert not [row for row in access.splitlines() if "trust" in row], "every client needs a password"


def test_the_certificate_holds_every_name_by_which_clients_call() -> None:
    manifests = built(tls=True, replicas=1, readOnlyService="orders-ro")
    certificate = one(manifests, "Certificate")["spec"]
    assert {"orders-db", "orders-ro", "orders-db.shop-database.svc.cluster.local"} <= set(certificate["dnsNames"]), (
        "clients verify the name they call"
    )
    volumes = pod_spec(one(manifests, "StatefulSet"))["volumes"]
    mounted = [volume["secret"]["secretName"] for volume in volumes if volume["name"] == "tls"]
    assert mounted == [certificate["secretName"]], "the server reads what cert-manager writes"
    assert settings(manifests)["ssl"] == "on", "the server offers TLS"


def test_a_database_without_tls_asks_for_no_certificate() -> None:
    assert "Certificate" not in kinds(built()), "cert-manager is needed for TLS only"


def test_the_read_only_name_leads_to_the_same_pod_and_is_not_scraped_twice() -> None:
    manifests = built(replicas=1, readOnlyService="orders-ro")
    reader, writer = one(manifests, "Service", "orders-ro"), one(manifests, "Service", NAME)
    wanted = one(manifests, "ServiceMonitor")["spec"]["selector"]["matchLabels"]
    assert reader["spec"]["selector"] == writer["spec"]["selector"], "one pod answers to both"
    assert wanted.items() <= writer["metadata"]["labels"].items(), "the monitor finds the first Service"
    assert not wanted.items() <= reader["metadata"]["labels"].items(), "and not the second"


def test_a_changed_file_rolls_the_pod() -> None:
    def mark(manifests: list[Manifest]) -> str:
        found: str = one(manifests, "StatefulSet")["spec"]["template"]["metadata"]["annotations"]["quadrant.dev/config"]
        return found

    assert mark(built()) == mark(built()), "the same files give the same pod"
    assert mark(built()) != mark(built(maxConnections=77)), "PostgreSQL reads max_connections at start only"


def test_the_component_registers_its_objects_as_children() -> None:
    plan = planned("dev")
    found = registered(lambda: Database(NAME, segmented(plan, plan.databases[NAME])))
    [component] = [one for one in found if one.type == "quadrant:data:Database"]
    children = [one for one in found if one.parent == component.urn]
    assert {one.inputs["kind"] for one in children} >= {"StatefulSet", "Service", "ServiceMonitor", "ConfigMap"}, (
        "one component holds the whole concept"
    )
    gates = [one.urn for one in found if one.name == "shop-database/default-deny"]
    assert all(set(gates) <= set(one.dependencies) for one in children), "no pod before the namespace is closed"


def test_workers_of_a_query_share_memory_within_the_limit() -> None:
    spec = pod_spec(one(built(), "StatefulSet"))
    [shared] = [volume["emptyDir"] for volume in spec["volumes"] if volume["name"] == "shared"]
    [mount] = [
        mount for mount in main_container(one(built(), "StatefulSet"))["volumeMounts"] if mount["name"] == "shared"
    ]
    limits = main_container(one(built(), "StatefulSet"))["resources"]["limits"]
    assert (shared["medium"], mount["mountPath"]) == ("Memory", "/dev/shm"), "where PostgreSQL looks for it"
    assert parse_quantity(shared["sizeLimit"]) <= parse_quantity(limits["memory"]) / 4, "it counts as the pod's memory"
    assert parse_quantity(limits["ephemeral-storage"]) < 2**30, "and not as its disk"


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_a_server_has_minutes_to_read_its_log_after_a_crash(stage: str) -> None:
    probe = main_container(one(built(stage), "StatefulSet"))["startupProbe"]
    assert probe["periodSeconds"] * probe["failureThreshold"] >= 300, "killed meanwhile, it would begin anew for ever"
