"""Broker: nodes that are broker and controller at once, found by name."""

from dataclasses import replace

import pytest

from quadrant_platform.components.messaging.broker import Broker, properties, start_script
from tests.components.sample import Manifest, kinds, main_container, one, planned


def built(stage: str = "prod") -> list[Manifest]:
    some = planned(stage)
    return list(Broker.manifests(some.brokers["bus"]))


def settings(nodes: int = 3) -> dict[str, str]:
    """The server's settings by key."""
    text = properties(planned("prod", {"brokers": {"bus": {"instances": nodes}}}).brokers["bus"])
    return dict(line.split("=", 1) for line in text.splitlines())


@pytest.mark.parametrize(("stage", "nodes", "budgets"), [("dev", 1, 0), ("prod", 3, 1)])
def test_prod_runs_three_nodes_and_dev_one(stage: str, nodes: int, budgets: int) -> None:
    found = built(stage)
    assert one(found, "StatefulSet")["spec"]["replicas"] == nodes, "a quorum, or a single one"
    assert kinds(found).count("PodDisruptionBudget") == budgets, "a budget only where a node can be missed"


def test_nodes_find_each_other_by_name_before_they_are_ready() -> None:
    headless = one(built(), "Service", "bus-nodes")["spec"]
    assert (headless["clusterIP"], headless["publishNotReadyAddresses"]) == ("None", True), "a quorum forms first"
    spec = one(built(), "StatefulSet")["spec"]
    assert (spec["serviceName"], spec["podManagementPolicy"]) == ("bus-nodes", "Parallel"), "all start together"


def test_every_node_is_a_voter_at_its_own_name() -> None:
    voters = settings()["controller.quorum.voters"].split(",")
    assert voters == [f"{node}@bus-{node}.bus-nodes.shop-platform.svc:9093" for node in range(3)], (
        "number, name and the controllers' port"
    )


@pytest.mark.parametrize(("nodes", "copies", "in_sync"), [(1, "1", "1"), (3, "3", "2"), (5, "3", "2")])
def test_records_are_copied_so_that_one_node_may_fail(nodes: int, copies: str, in_sync: str) -> None:
    found = settings(nodes)
    assert (found["default.replication.factor"], found["min.insync.replicas"]) == (copies, in_sync), (
        "more copies than nodes would never be in sync"
    )


def test_topics_have_room_for_the_most_partitioned() -> None:
    assert settings()["num.partitions"] == "6", "a topic is made with as many as any needs"
    assert settings()["log.retention.hours"] == "24", "and kept as long as declared"


def test_clients_reach_it_on_the_declared_port() -> None:
    assert settings()["listeners"] == "PLAINTEXT://:9092,CONTROLLER://:9093", "clients and controllers apart"
    assert settings()["advertised.listeners"].endswith(":9092"), "clients are sent to the nodes themselves"


def test_half_of_the_memory_is_heap() -> None:
    script = start_script(planned("prod").brokers["bus"])
    assert "-Xms512m -Xmx512m" in script, "the other half is the kernel's, which caches the log"


def test_the_identity_of_a_cluster_never_changes() -> None:
    broker = planned().brokers["bus"]
    assert start_script(broker) == start_script(planned().brokers["bus"]), "else no start"
    elsewhere = replace(broker, endpoint=replace(broker.endpoint, namespace="shop-backend"))
    assert start_script(broker) != start_script(elsewhere), "each has its own"
    renamed = replace(broker, endpoint=replace(broker.endpoint, name="rail"))
    assert start_script(broker) == start_script(renamed), "its disks keep the identity, whatever it is called"


def test_a_change_of_its_settings_rolls_the_nodes() -> None:
    prints = set()
    for hours in (24, 48):
        some = planned("prod", {"brokers": {"bus": {"retentionHours": hours}}})
        found = one(Broker.manifests(some.brokers["bus"]), "StatefulSet")
        prints.add(found["spec"]["template"]["metadata"]["annotations"]["quadrant.dev/config"])
    assert len(prints) == 2, "a server reads its settings at start only"


def test_no_program_of_kafkas_writes_to_its_own_folder() -> None:
    script = start_script(planned().brokers["bus"])
    assert script.index("export LOG_DIR=/tmp") < script.index("/opt/kafka/bin/"), "each makes its log directory first"


def test_a_log_may_be_recovered_for_minutes_before_the_port_opens() -> None:
    probe = main_container(one(built(), "StatefulSet"))["startupProbe"]
    assert probe["periodSeconds"] * probe["failureThreshold"] >= 300, "a node killed in its recovery begins it anew"


def test_it_starts_from_a_script_and_not_from_the_image() -> None:
    container = main_container(one(built(), "StatefulSet"))
    assert container["command"] == ["/bin/sh", "/scripts/start.sh"], "an image's entry point may change"
    assert "env" not in container, "and needs no variables"
