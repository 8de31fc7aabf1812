"""Ports in NetworkPolicies, against those that the selected pods declare."""

from __future__ import annotations

from typing import Any

import pytest

from tests.policies import shop
from tests.policies.builders import Manifest, find, obj, replaced, service, workload
from tests.policies.consistent import CONTAINER, NAME, Change, tidy
from tests.policies.judging import consistency, found_in

POLICY = "policy-ports-declared"
PORTS = "spec/ingress/0/ports"
WEB = {"app.kubernetes.io/name": "web"}


def ports(*entries: Manifest) -> list[Manifest]:
    return [{"protocol": "TCP", **entry} for entry in entries]


def changed_ports(rule: str, about: str, *entries: Manifest) -> Change:
    return Change(rule and f"{POLICY}/{rule}", about, "NetworkPolicy", PORTS, ports(*entries))


CHANGES = (
    changed_ports("", "the number that the pods declare", {"port": 3001}),
    changed_ports("", "its name", {"port": "http"}),
    changed_ports("", "a range around it", {"port": 3000, "endPort": 3100}),
    changed_ports("", "every port", {}),
    changed_ports("", "a sidecar's port", {"port": 15090}),
    changed_ports("port", "a Service's port", {"port": 80}),
    changed_ports("port", "a name that nobody has", {"port": "metrics"}),
    changed_ports("port", "a range beside it", {"port": 3100, "endPort": 3200}),
    changed_ports("port", "another protocol", {"port": 3001, "protocol": "UDP"}),
    changed_ports("port", "one of two", {"port": 3001}, {"port": 9090}),
    Change("", "pods that declare nothing", "Deployment", f"{CONTAINER}/ports"),
)  # fmt: skip


@pytest.mark.parametrize("case", CHANGES, ids=str)
def test_a_change_of_a_consistent_set_breaks_exactly_its_rule(case: Change) -> None:
    stack = replaced(case.applied(tidy()), "Service", "api", "spec/ports/0/targetPort", "http")
    assert consistency(stack) == case.expected or "declare nothing" in case.about, case.about
    assert bool(found_in(stack, POLICY)) is bool(case.expected), case.about


def egress(peers: list[Manifest], port: Any = 80) -> Manifest:
    spec = {"podSelector": {"matchLabels": NAME}, "policyTypes": ["Egress"],
            "egress": [{"to": peers, "ports": [{"protocol": "TCP", "port": port}]}]}  # fmt: skip
    return obj("networking.k8s.io/v1", "NetworkPolicy", "out", "backend", spec=spec)


PODS = {"podSelector": {"matchLabels": WEB}}


@pytest.mark.parametrize(
    ("peers", "is_found"),
    [
        ([PODS], True),
        ([{**PODS, "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "shop-backend"}}}], True),
        ([{**PODS, "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "elsewhere"}}}], False),
        ([PODS, {"ipBlock": {"cidr": "10.0.0.0/24"}}], False),
        ([], False),
    ],
    ids=str,
)
def test_a_way_out_is_compared_where_all_its_pods_are_known(peers: list[Manifest], is_found: bool) -> None:
    stack = [workload(), workload("web"), egress(peers)]
    assert bool(found_in(stack, POLICY)) is is_found, "addresses and pods of other manifests may listen anywhere"


def test_a_service_port_is_called_one() -> None:
    (found,) = found_in([workload(), workload("web"), service("web"), egress([PODS])], POLICY)
    assert "80 is a port of Service web" in found.message, "the usual mistake has a name"
    (found,) = found_in([workload(), workload("web"), egress([PODS])], POLICY)
    assert "Service" not in found.message, "only where there is one"


def test_pods_that_an_operator_makes_may_listen_anywhere() -> None:
    cluster = obj("postgresql.cnpg.io/v1", "Cluster", "ledger", "backend", spec={"instances": 3})
    peers = [{"podSelector": {"matchLabels": {"cnpg.io/cluster": "ledger"}}}]
    assert not found_in([workload(), cluster, egress(peers, 5432)], POLICY), "their ports are not in the manifests"


def test_a_matrix_says_more_exactly_which_ports_are_open() -> None:
    stack = shop.with_rules("db", "ingress", [shop.ingress_rule("shop-backend", "api", 5433)])
    assert not found_in(stack, POLICY), "one cause is one finding"
    assert found_in(stack, "reachability-equals-matrix"), "and another policy has it"


def test_an_empty_selector_may_be_for_pods_of_other_manifests() -> None:
    deny = find(tidy(), "NetworkPolicy", "default-deny")
    rules = [{"from": [{"podSelector": {}}], "ports": [{"protocol": "TCP", "port": 9090}]}]
    wide = {**deny, "spec": {**deny["spec"], "ingress": rules}}
    assert not found_in([wide, workload()], POLICY), "a part of a namespace is here"
    assert found_in([find(tidy(), "Namespace", "shop-backend"), wide, workload()], POLICY), "all of it is"
