"""ClickHouse: its files and its pod."""

from typing import Any

import yaml

from quadrant_platform.components.database.clickhouse import ClickHouse
from tests.components.sample import Manifest, main_container, one, planned, pod_spec

NAME = "events-db"


def built(stage: str = "dev", **changes: object) -> list[Manifest]:
    """The objects of the shop's ClickHouse server, with changes to it."""
    plan = planned(stage, {"databases": {NAME: changes}})
    return list(ClickHouse.manifests(plan.databases[NAME]))


def files(manifests: list[Manifest]) -> dict[str, str]:
    """The server's files by name."""
    found: dict[str, str] = one(manifests, "ConfigMap", f"{NAME}-settings")["data"]
    return found


def own(manifests: list[Manifest]) -> dict[str, Any]:
    """The server's own configuration."""
    found: dict[str, Any] = yaml.safe_load(files(manifests)["config.yaml"])
    return found


def test_both_interfaces_and_the_metrics_listen_where_the_matrix_permits() -> None:
    manifests = built()
    ports = {port["containerPort"] for port in main_container(one(manifests, "StatefulSet"))["ports"]}
    found = own(manifests)
    assert {found["tcp_port"], found["http_port"], found["prometheus"]["port"]} == ports == {9000, 8123, 9363}, (
        "pod, configuration and matrix agree"
    )


def test_the_systems_settings_are_merged_over_our_own() -> None:
    manifests = built(settings="merge_tree: {parts_to_delay_insert: 1000}\n")
    [volume] = [entry for entry in pod_spec(one(manifests, "StatefulSet"))["volumes"] if entry["name"] == "settings"]
    places = {item["key"]: item["path"] for item in volume["configMap"]["items"]}
    assert "parts_to_delay_insert" in files(manifests)["settings.yaml"], "the text is passed on as it is"
    assert places == {"config.yaml": "config.yaml", "settings.yaml": "config.d/settings.yaml"}, (
        "the server merges files of that directory"
    )


def test_no_file_holds_the_password() -> None:
    manifests = built()
    command = main_container(one(manifests, "StatefulSet"))["command"]
    assert command[-2:] == ["shop", "/run/secrets/events-password"], "the script gets the file, not the value"
    assert own(manifests)["user_directories"]["users_xml"]["path"] == "/run/clickhouse/users.yaml", "made at start"


def test_data_lies_in_a_directory_of_the_servers_own() -> None:
    mounted = [mount["mountPath"] for mount in main_container(one(built(), "StatefulSet"))["volumeMounts"]]
    assert "/var/lib/clickhouse" in mounted, "the claim is mounted"
    assert own(built())["path"] == "/var/lib/clickhouse/server/", "the claim's root belongs to another user"


def test_the_database_exists_before_anybody_connects() -> None:
    assert own(built())["startup_scripts"]["scripts"]["query"] == "CREATE DATABASE IF NOT EXISTS `events`", (
        "nothing relies on the image's entry point"
    )


def test_the_server_answers_pings_in_dev_and_prod() -> None:
    for stage in ("dev", "prod"):
        container = main_container(one(built(stage), "StatefulSet"))
        assert container["livenessProbe"]["httpGet"]["path"] == "/ping", "no password is needed for it"
        assert container["livenessProbe"]["httpGet"]["port"] == 8123, "the HTTP interface answers it"


def test_it_listens_on_both_families() -> None:
    found = own(built())
    assert (found["listen_host"], found["listen_try"]) == (["::", "0.0.0.0"], True), "a cluster may have one of them"
