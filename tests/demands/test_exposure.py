"""What the outside may reach: one Service, on two ports, in every system with a public entry."""

import pytest

from tests.demands.rendered import STAGES, breaks, container, manifests, named, ports, refusals, workload
from tests.stacks import Manifest

ENTRIES = pytest.mark.parametrize(
    "system",
    [
        pytest.param("motovault", marks=pytest.mark.demand("NET-17")),
        pytest.param("agents", marks=pytest.mark.demand("NET-27")),
    ],
)
BEHIND = {"motovault": "admin-backend", "agents": "app"}


@ENTRIES
@STAGES
def test_only_traefik_is_public_on_80_and_443(system: str, stage: str) -> None:
    """X-09: the dashboard's 8080 stays inside the cluster. X-86: this takes the place of a host firewall."""
    services = [one for one in manifests(system, stage) if one["kind"] == "Service"]
    public = [one for one in services if one["spec"].get("type", "ClusterIP") != "ClusterIP"]
    assert [one["metadata"]["name"] for one in public] == ["traefik"], "there is one way in"
    assert public[0]["spec"]["type"] == "LoadBalancer", "behind the load balancer, past no node's port"
    mapped = {port["port"]: port["targetPort"] for port in public[0]["spec"]["ports"]}
    assert mapped == {80: 8000, 443: 8443}, "with the two ports of the web and not one more"
    assert not any(one["spec"].get("externalIPs") for one in services), "no Service claims an address of its own"


@ENTRIES
@STAGES
def test_no_object_but_traefik_listens_for_the_outside(system: str, stage: str) -> None:
    for policy in ("service-exposure", "no-host-ports", "no-host-namespaces", "one-entry-one-exit"):
        assert not breaks(system, stage, policy), f"the stack keeps to {policy}"


@ENTRIES
@STAGES
@pytest.mark.parametrize(
    ("kind", "policy"),
    [("NodePort", "service-exposure"), ("LoadBalancer", "service-exposure"), ("ExternalName", "external-names")],
)
def test_a_second_public_service_is_refused(system: str, stage: str, kind: str, policy: str) -> None:
    target = named(manifests(system, stage), "Service", BEHIND[system])
    assert policy in refusals(target, "spec/type", kind), f"{kind} would be a way past Traefik"


@ENTRIES
@STAGES
def test_a_public_dashboard_is_refused(system: str, stage: str) -> None:
    target = named(manifests(system, stage), "Service", "traefik")
    opened = [*target["spec"]["ports"], {"name": "dashboard", "port": 8080, "targetPort": 8080}]
    assert "service-exposure" in refusals(target, "spec/ports", opened), "even Traefik publishes 80 and 443 only"


@ENTRIES
@STAGES
@pytest.mark.parametrize(
    ("path", "value", "policy"),
    [
        ("spec/template/spec/hostNetwork", True, "no-host-namespaces"),
        ("spec/template/spec/containers/0/ports/0/hostPort", 8080, "no-host-ports"),
    ],
)
def test_a_pod_on_its_nodes_network_is_refused(system: str, stage: str, path: str, value: object, policy: str) -> None:
    target = workload(system, stage, BEHIND[system])
    assert policy in refusals(target, path, value), "what listens on the node is past every NetworkPolicy"


@STAGES
@pytest.mark.demand("NET-27")
def test_every_namespace_of_the_agents_denies_by_default(stage: str) -> None:
    """X-86: with one public Service, this takes the place of a host firewall."""
    stack = manifests("agents", stage)
    made = {one["metadata"]["name"] for one in stack if one["kind"] == "Namespace"}
    denied = {
        one["metadata"]["namespace"]
        for one in stack
        if one["kind"] == "NetworkPolicy" and one["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    }
    assert denied == made, "every pod, in both directions, without a rule that lets anything through"
    assert not breaks("agents", stage, "default-deny-everywhere"), "and the pack agrees"


@STAGES
@pytest.mark.demand("NET-17")
def test_traefik_listens_on_the_three_ports_of_the_platform(stage: str) -> None:
    """X-09, X-24: 80 and 443 arrive at unprivileged ports; 8080 is the dashboard, inside the cluster only."""
    assert {8000, 8443, 8080} <= ports(container("motovault", stage, "traefik")), "web, TLS and dashboard"
    published: list[Manifest] = named(manifests("motovault", stage), "Service", "traefik")["spec"]["ports"]
    assert 8080 not in {port["port"] for port in published}, "the dashboard is no public port"


@STAGES
@pytest.mark.demand("NET-17")
def test_ports_for_developers_are_no_services(stage: str) -> None:
    """X-08: database ports open as local forwards on request, never as a Service or a port of the node."""
    for store in ("admin-postgres", "admin-redis", "admin-minio", "platform-postgres", "platform-redis"):
        found = [one for one in manifests("motovault", stage)
                 if one["kind"] == "Service" and one["metadata"]["name"] == store]  # fmt: skip
        assert all(one["spec"]["type"] == "ClusterIP" for one in found), f"{store} is inside the cluster only"
