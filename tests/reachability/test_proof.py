"""The proof: what policies allow equals the matrix, and every planted defect is found."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from quadrant_platform.reachability import Connection, prove
from tests.oracles.defects import DEFECTS
from tests.oracles.fixture import Manifest, manifests, matrix

REDIS = "shop-data/redis"


def find(manifests: list[Manifest], name: str) -> Manifest:
    """Return the policy of a workload."""
    return next(one for one in manifests if one["kind"] == "NetworkPolicy" and one["metadata"]["name"] == name)


def test_policies_that_are_the_matrix_differ_in_nothing() -> None:
    difference = prove(manifests(), matrix())
    assert difference.equal, difference


@pytest.mark.parametrize("plant", DEFECTS.values(), ids=DEFECTS)
def test_a_planted_defect_is_found(plant: Callable[[list[Manifest]], None]) -> None:
    planted = manifests()
    plant(planted)
    assert not prove(planted, matrix()).equal, "the defect changes who reaches whom"


def test_a_refused_row_is_missing() -> None:
    planted = manifests()
    find(planted, "postgres")["spec"]["ingress"] = []
    missing = {(edge.source, edge.target) for edge in prove(planted, matrix()).missing}
    clients = {("shop-back/api", "shop-data/postgres"), ("shop-back/worker", "shop-data/postgres")}
    assert missing == clients, "egress alone opens nothing"


def test_rows_between_replicas_of_one_workload_are_judged() -> None:
    planted, unlisted = manifests(), matrix()
    find(planted, "redis")["spec"]["egress"].pop(0)
    assert prove(planted, matrix()).missing == (Connection(REDIS, REDIS, "TCP", 6379),), "replication is refused"
    unlisted["rows"] = [row for row in unlisted["rows"] if (row["from"], row["to"]) != (REDIS, REDIS)]
    assert prove(manifests(), unlisted).excess == (Connection(REDIS, REDIS, "TCP", 6379),), "replication has no row"


def test_an_open_port_that_no_container_declares_is_in_excess() -> None:
    planted = manifests()
    for policy, rules, index in (("worker", "egress", 1), ("postgres", "ingress", 1)):
        del find(planted, policy)["spec"][rules][index]["ports"]
    excess = {(edge.protocol, edge.port) for edge in prove(planted, matrix()).excess}
    assert {("TCP", 1), ("UDP", 1), ("SCTP", 1)} <= excess, "a rule without ports opens every port of every protocol"


def test_the_inside_of_a_port_range_is_in_excess() -> None:
    planted = manifests()
    for policy, rules, index in (("worker", "egress", 1), ("postgres", "ingress", 1)):
        find(planted, policy)["spec"][rules][index]["ports"] = [{"port": 5432, "endPort": 5440}]
    excess = {edge.port for edge in prove(planted, matrix()).excess}
    assert excess == {5433, 5440}, "the end of the range, and one port for the rest of it"


@pytest.mark.parametrize(
    ("cidr", "named"),
    [
        ("169.254.169.254/32", "169.254.169.254/32"),
        ("169.254.0.0/16", "169.254.0.0/16"),
        ("fd00:ec2::254/128", "fd00:ec2::254/128"),
        ("0.0.0.0/0", "10.0.0.1/32"),
        ("10.96.0.0/16", "10.96.0.0/16"),
    ],
)
def test_an_address_without_a_row_is_in_excess_by_name(cidr: str, named: str) -> None:
    planted = manifests()
    rule = {"to": [{"ipBlock": {"cidr": cidr}}], "ports": [{"protocol": "TCP", "port": 443}]}
    find(planted, "worker")["spec"]["egress"].append(rule)
    assert Connection("shop-back/worker", named, "TCP", 443) in prove(planted, matrix()).excess, (
        "no row covers the address, however the policy writes it"
    )


def test_a_public_address_for_the_wrong_workload_is_in_excess_as_the_internet() -> None:
    planted = manifests()
    find(planted, "redis")["spec"]["egress"] += find(planted, "worker")["spec"]["egress"][:1]
    assert prove(planted, matrix()).excess == (Connection(REDIS, "internet", "TCP", 443),), "the whole block agrees"


def workload(kind: str, name: str, labels: dict[str, str]) -> Manifest:
    """Return a workload of the data namespace with a named port."""
    container = {"name": "main", "ports": [{"containerPort": 5432, "name": "sql"}]}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"jobTemplate": {"spec": {"template": template}}} if kind == "CronJob" else {"template": template}
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": "shop-data"}, "spec": spec}


def test_the_labels_that_count_are_those_of_the_pod_template() -> None:
    mislabelled = [*manifests(), workload("StatefulSet", "postgres", {"app": "postgresql"})]
    missing = {edge.target for edge in prove(mislabelled, matrix()).missing}
    assert "shop-data/postgres" in missing, "no policy selects the pods that will really run"


def test_a_named_port_is_resolved_by_the_manifest_of_the_workload() -> None:
    planted = [*manifests(), workload("StatefulSet", "postgres", {"app": "postgres"})]
    for rule in find(planted, "postgres")["spec"]["ingress"]:
        rule["ports"] = [{"port": "sql"}]
    assert prove(planted, matrix()).equal, "the name is the number of the row"


def test_a_pod_that_the_matrix_forgets_has_no_rows() -> None:
    planted = [one for one in manifests() if one["metadata"]["name"] != "default-deny"]
    assert prove(planted, matrix()).equal, "every listed workload has a policy of its own"
    planted.append(workload("CronJob", "forgotten", {"app": "forgotten"}))
    excess = {edge.source for edge in prove(planted, matrix()).excess}
    assert "shop-data/forgotten" in excess, "no policy denies it anything"
    assert prove([*manifests(), planted[-1]], matrix()).equal, "a default deny covers it"


def test_connections_among_peers_that_are_not_ours_are_not_judged() -> None:
    ends = {edge[:2] for edge in prove([], matrix()).excess}
    ours = {identity for identity, peer in matrix()["peers"].items() if peer["kind"] == "workload"}
    assert ends, "without policies everything is open"
    assert all(ours & set(pair) for pair in ends), "no policy here selects pods of a control namespace or an address"


def test_a_row_to_no_peer_is_an_error_that_names_it() -> None:
    broken: dict[str, Any] = deepcopy(matrix())
    broken["rows"][0]["to"] = "shop-front/missing"
    with pytest.raises(ValueError, match="shop-front/missing is no peer"):
        prove(manifests(), broken)
