"""Monitors lead to ports, and what operators or other manifests make is not missed."""

from __future__ import annotations

from typing import Any

import pytest

from quadrant_platform.policies.pack import check
from tests.policies.builders import Manifest, obj, service, workload

LABELS = {"app.kubernetes.io/name": "api"}
SELECTOR = {"matchLabels": LABELS}
GROUP = "monitoring.coreos.com/v1"


def monitor(kind: str = "ServiceMonitor", name: str = "api", **spec: Any) -> Manifest:
    return obj(GROUP, kind, name, "backend", spec={"selector": SELECTOR, **spec})


def served(**spec: Any) -> Manifest:
    return {**service(**spec), "metadata": {"name": "api", "namespace": "shop-backend", "labels": LABELS}}


def checks(*stack: Manifest) -> set[str]:
    return {one.check for one in check(stack) if one.policy == "monitors-resolve"}


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ({"port": "http"}, set()), ({"port": "https"}, {"port"}), ({"port": "80"}, {"number"}),
        ({"port": 80}, {"number"}),
        ({"targetPort": "http"}, set()), ({"targetPort": 3001}, set()), ({"targetPort": 9999}, {"target-port"}),
        ({}, set()),
    ],
)  # fmt: skip
def test_a_port_is_one_of_the_selected_services(endpoint: Any, expected: set[str]) -> None:
    ports = [{"name": "http", "port": 80, "targetPort": 3001}]
    stack = [workload(), served(ports=ports), monitor(endpoints=[endpoint])]
    assert checks(*stack) == expected, "a Service's name of the port, or its pods' own"


def test_a_service_is_selected_by_its_own_labels() -> None:
    plain = service(ports=[{"name": "http", "port": 80}])
    assert checks(plain, monitor(endpoints=[{"port": "http"}])) == {"selector"}, "those of its pods do not count"


def test_what_other_manifests_hold_is_not_missed() -> None:
    alone = monitor(endpoints=[{"port": "http"}])
    assert checks(alone) == set(), "no Service of the namespace is here"
    elsewhere = monitor(endpoints=[{"port": "http"}], namespaceSelector={"matchNames": ["kube-system"]})
    kubelet = {**service(), "metadata": {"name": "dns", "namespace": "kube-system"}}
    assert checks(kubelet, elsewhere) == set(), "operators make Services there"
    prometheus = obj(GROUP, "Prometheus", "main", "backend")
    assert checks(service(), prometheus, alone) == set(), "the operator makes one whose labels nobody here knows"


def test_a_pod_monitor_may_be_for_pods_of_an_operator() -> None:
    pods = monitor("PodMonitor", selector={"matchLabels": {"cnpg.io/cluster": "pg"}},
                   podMetricsEndpoints=[{"port": "metrics"}])  # fmt: skip
    assert checks(workload(), pods) == {"selector"}, "nothing here has the label"
    assert checks(workload(), pods, obj("postgresql.cnpg.io/v1", "Cluster", "pg", "backend")) == set(), "the operator's"


def test_a_kind_of_another_group_is_not_judged() -> None:
    other = {**monitor(endpoints=[{"port": "x"}]), "apiVersion": "example.com/v1"}
    assert checks(served(), other) == set(), "nobody knows what it means"
