"""Services: which are public, and where each leads."""

from __future__ import annotations

from typing import Any

import pytest

from tests.policies.builders import UNKNOWN, Manifest, changed, service, workload
from tests.policies.cases import ObjectCase
from tests.policies.consistent import CONTAINER, Change, tidy
from tests.policies.judging import consistency, engine_rules, rules

PUBLIC: Manifest = {"type": "LoadBalancer", "ports": [{"port": 80, "targetPort": 8000}, {"port": 443}]}
DASHBOARD: Manifest = {"type": "LoadBalancer", "ports": [{"port": 443}, {"port": 8080}]}
OBJECTS = (
    ObjectCase(service()),
    ObjectCase(service(clusterIP="None")),
    ObjectCase(service("traefik", **PUBLIC)),
    ObjectCase(service(type="NodePort"), ("service-exposure/type",)),
    ObjectCase(service("web", **PUBLIC), ("service-exposure/type",)),
    ObjectCase(service("traefik-egress", **PUBLIC), ("service-exposure/type",)),
    ObjectCase(service("traefik", **DASHBOARD), ("service-exposure/public-port",)),
    ObjectCase(service(externalIPs=["203.0.113.7"]), ("service-exposure/externalIPs",)),
    ObjectCase(service(type=UNKNOWN), ("service-exposure/unknown",)),
)

TARGET_PORT = "spec/ports/0/targetPort"
CHANGES = (
    Change("services-resolve/pod", "a selector without pods", "Service", "spec/selector",
           {"app.kubernetes.io/name": "apy"}),
    Change("services-resolve/target-port", "a port number that no container declares", "Service", TARGET_PORT, 3999),
    Change("services-resolve/target-port", "a port name that no container has", "Service", TARGET_PORT, "metrics"),
    Change("services-resolve/target-port", "a port of another protocol", "Service", "spec/ports/0/protocol", "UDP"),
    Change("", "a port by its name", "Service", TARGET_PORT, "http"),
    Change("", "a pod that declares no ports", "Deployment", f"{CONTAINER}/ports"),
    Change("services-resolve/pod", "pods in another namespace only",
           added=service("api", "frontend", ports=[{"port": 1, "targetPort": 3001}])),
)  # fmt: skip


@pytest.mark.parametrize("case", OBJECTS, ids=str)
def test_an_object_breaks_exactly_its_rules(case: ObjectCase) -> None:
    assert rules(case.manifest) == case.rules, "the direct check finds what the case names and nothing else"
    assert engine_rules(case.manifest) == case.rules, "the engine sees the same"


@pytest.mark.parametrize("case", CHANGES, ids=str)
def test_a_change_of_a_consistent_set_breaks_exactly_its_rule(case: Change) -> None:
    assert consistency(case.applied(tidy())) == case.expected, case.about


@pytest.mark.demand("NET-17")
@pytest.mark.parametrize("case", OBJECTS[3:])
def test_nothing_but_traefik_is_exposed(case: ObjectCase) -> None:
    assert {policy for policy, _ in rules(case.manifest)} == {"service-exposure"}, "there is no bypass"


@pytest.mark.demand("NET-17")
@pytest.mark.parametrize(("path", "value"), [("hostNetwork", True), ("containers/0/ports/0/hostPort", 3001)])
def test_no_pod_is_exposed_on_its_node(path: str, value: Any) -> None:
    found = rules(changed(workload(), f"spec/template/spec/{path}", value))
    assert found <= {("no-host-namespaces", "hostNamespaces"), ("no-host-ports", "hostPorts")}, "only this is wrong"
    assert found, "a port of the node bypasses Traefik"


@pytest.mark.demand("NET-27")
def test_only_the_ingress_service_is_public() -> None:
    assert rules(service("traefik", **PUBLIC)) == set(), "80 and 443 of the load balancer are open"
    assert rules(service("app", **PUBLIC)), "no other Service has a load balancer"
    assert rules(service("traefik", **DASHBOARD)), "and no other port is open on it"


@pytest.mark.parametrize(("replicas", "pod", "found"), [(2, "db-1", False), (2, "db-2", True), (None, "db-0", False)])
def test_a_service_for_one_pod_of_a_set_needs_that_pod(replicas: Any, pod: str, found: bool) -> None:
    database = changed(workload("db", "backend", kind="StatefulSet"), "spec/replicas", replicas)
    single = service("db-single", "backend", selector={"statefulset.kubernetes.io/pod-name": pod})
    missing = ("services-resolve", "pod") in consistency([database, single])
    assert missing is found, "the controller labels as many pods as there are"
