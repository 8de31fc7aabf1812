"""Policies on Services, roles, routes, namespaces and releases: what passes and what fails, here and in the engine."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from policies.pack import check
from tests.policies.builders import UNKNOWN, Manifest, changed, middleware, namespace, obj, router, service, workload
from tests.policies.servicer import Pack

PACK = Pack()


class Case(NamedTuple):
    """An object and the rules that it breaks, each written `policy/check`."""

    manifest: Manifest
    rules: tuple[str, ...] = ()

    @property
    def expected(self) -> set[tuple[str, str]]:
        return {(rule.partition("/")[0], rule.partition("/")[2]) for rule in self.rules}


def role(name: str, rule: Manifest, kind: str = "ClusterRole") -> Manifest:
    return obj("rbac.authorization.k8s.io/v1", kind, name, rules=[rule])


def binding(**fields: Any) -> Manifest:
    return obj("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "b", **fields)


def ingress(**spec: Any) -> Manifest:
    return obj("networking.k8s.io/v1", "Ingress", "web", spec=spec)


READ = {"apiGroups": ["traefik.io"], "resources": ["ingressroutes"], "verbs": ["get", "list", "watch"]}
PUBLIC: Manifest = {"type": "LoadBalancer", "ports": [{"port": 80, "targetPort": 8000}, {"port": 443}]}
DASHBOARD: Manifest = {"type": "LoadBalancer", "ports": [{"port": 443}, {"port": 8080}]}

EXPOSURE = (
    Case(service()),
    Case(service(clusterIP="None")),
    Case(service("traefik", **PUBLIC)),
    Case(service(type="NodePort"), ("service-exposure/type",)),
    Case(service("web", **PUBLIC), ("service-exposure/type",)),
    Case(service("traefik-egress", **PUBLIC), ("service-exposure/type",)),
    Case(service("traefik", **DASHBOARD), ("service-exposure/public-port",)),
    Case(service(externalIPs=["203.0.113.7"]), ("service-exposure/externalIPs",)),
    Case(service(type="ExternalName", externalName="example.com"), ("service-exposure/type",)),
    Case(service(type=UNKNOWN), ("service-exposure/unknown",)),
)
PORTS = (
    Case(service(ports=[{"port": 22, "targetPort": 2222}]), ("allowed-ports/service-port",)),
    Case(service(ports=[{"port": 80, "targetPort": 80}]), ("allowed-ports/service-port",)),
    Case(service(ports=[{"port": 80, "targetPort": "http"}])),
)
TRAEFIK_ROLE = (
    Case(role("traefik", READ)),
    Case(role("traefik", {**READ, "verbs": ["get", "update"]}), ("read-only-traefik/verbs",)),
    Case(
        role("traefik", {**READ, "resources": ["*"]}, "Role"),
        ("read-only-traefik/wildcard", "no-wildcard-no-cluster-admin/wildcard"),
    ),
    Case(role("operator", {**READ, "verbs": ["create"]})),
)
RIGHTS = (
    Case(role("operator", {**READ, "apiGroups": ["*"]}), ("no-wildcard-no-cluster-admin/wildcard",)),
    Case(binding(roleRef={"name": "cluster-admin"}), ("no-wildcard-no-cluster-admin/cluster-admin",)),
    Case(
        binding(roleRef={"name": "view"}, subjects=[{"kind": "Group", "name": "system:authenticated"}]),
        ("no-wildcard-no-cluster-admin/subject",),
    ),
    Case(binding(roleRef={"name": "traefik"}, subjects=[{"kind": "ServiceAccount", "name": "traefik"}])),
)
TLS = (
    Case(router(entryPoints=[]), ("tls-only/entry-points",)),
    Case(router(tls=None), ("tls-only/tls",)),
    Case(router(tls=UNKNOWN), ("tls-only/unknown",)),
    Case(router(entryPoints=["dashboard"], tls=None)),
    Case(ingress(rules=[]), ("tls-only/tls",)),
    Case(ingress(ingressClassName="traefik", tls=[{"hosts": ["shop.example.com"]}])),
)
ORIGINS = tuple(
    Case(middleware("cors", headers={"accessControlAllowOriginList": [origin]}), rules)
    for origin, rules in (
        ("https://shop.example.com", ()),
        ("*", ("no-open-cors/",)),
        ("http://localhost:3000", ("no-open-cors/",)),
        ("https://127.0.0.1", ("no-open-cors/",)),
    )
)
PATTERNS = (
    Case(middleware("cors", headers={"accessControlAllowOriginListRegex": [".*"]}), ("no-open-cors/",)),
    Case(middleware("cors", headers={"accessControlAllowOriginListRegex": [r"https://[a-z]+\.example\.com"]})),
)
NGINX = (
    Case(ingress(ingressClassName="nginx", tls=[{}]), ("no-nginx-ingress/class",)),
    Case(
        obj("networking.k8s.io/v1", "IngressClass", "nginx", spec={"controller": "k8s.io/ingress-nginx"}),
        ("no-nginx-ingress/class",),
    ),
    Case(
        changed(workload(), "spec/template/spec/containers/0/image", "registry.k8s.io/ingress-nginx/controller:v1.9"),
        ("no-nginx-ingress/controller",),
    ),
    Case(workload("nginx-proxy"), ("no-nginx-ingress/controller",)),
    Case(changed(workload("landing"), "spec/template/spec/containers/0/image", "nginx:1.29")),
)
SEGMENTS = (
    Case(namespace("frontend")),
    Case(
        changed(namespace("frontend"), "metadata/labels", {"quadrant.dev/segment": "frontend"}),
        ("namespace-labels/enforce", "namespace-labels/enforce-version"),
    ),
    Case(changed(namespace("frontend"), "metadata/name", "default"), ("namespace-labels/name",)),
    Case(changed(namespace("frontend"), "metadata/labels", {"team": "shop"})),
)
EGRESS = (
    Case(namespace("egress"), ("namespace-labels/segment", "no-egress-segment/")),
    Case(
        changed(workload(), "spec/template/metadata/labels", {"quadrant.dev/segment": "egress"}),
        ("no-egress-segment/",),
    ),
    Case(
        changed(workload(), "spec/template/metadata/labels", {"quadrant.dev/attached-egress": "true"}),
        ("no-egress-segment/",),
    ),
    Case(changed(workload(), "spec/template/metadata/labels", {"quadrant.dev/attached-backend": "true"})),
)
OPAQUE = (
    Case(obj("helm.sh/v3", "Release", "redis", spec={}), ("no-opaque-resources/",)),
    Case(obj("helm.toolkit.fluxcd.io/v2", "HelmRelease", "redis"), ("no-opaque-resources/",)),
)
ALL = (*EXPOSURE, *PORTS, *TRAEFIK_ROLE, *RIGHTS, *TLS, *ORIGINS, *PATTERNS, *NGINX, *SEGMENTS, *EGRESS, *OPAQUE)


def rules(manifest: Manifest) -> set[tuple[str, str]]:
    """The rules that the object breaks by itself; those of the whole stack have tests of their own."""
    alone = {"matrix-present", "default-deny-everywhere", "rate-limited-routers", "plain-routers-redirect"}
    return {(found.policy, found.check) for found in check([manifest]) if found.policy not in alone}


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.manifest['kind']}-{'-'.join(case.rules) or 'passes'}")
def test_an_object_breaks_exactly_its_rules(case: Case) -> None:
    assert rules(case.manifest) == case.expected, "the direct check finds what the case names and nothing else"
    assert PACK.analyze(case.manifest).rules == case.expected, "the engine sees the same"


@pytest.mark.demand("NET-17")
@pytest.mark.parametrize("case", EXPOSURE[3:])
def test_nothing_but_traefik_is_exposed(case: Case) -> None:
    assert {policy for policy, _ in rules(case.manifest)} == {"service-exposure"}, "there is no bypass"


@pytest.mark.demand("NET-17")
@pytest.mark.parametrize(
    ("path", "value"), [("hostNetwork", True), ("containers/0/ports/0/hostPort", 3001)]
)
def test_no_pod_is_exposed_on_its_node(path: str, value: Any) -> None:
    found = rules(changed(workload(), f"spec/template/spec/{path}", value))
    assert found <= {("no-host-namespaces", "hostNamespaces"), ("no-host-ports", "hostPorts")}, "only this is wrong"
    assert found, "a port of the node bypasses Traefik"


@pytest.mark.demand("NET-27")
def test_only_the_ingress_service_is_public() -> None:
    assert rules(service("traefik", **PUBLIC)) == set(), "80 and 443 of the load balancer are open"
    assert rules(service("app", **PUBLIC)), "no other Service has a load balancer"
    assert rules(service("traefik", **DASHBOARD)), "and no other port is open on it"


@pytest.mark.demand("SEC-08")
def test_traefik_may_only_read_the_api() -> None:
    for verb in ("create", "update", "patch", "delete", "deletecollection", "*"):
        found = rules(role("traefik", {**READ, "verbs": ["get", verb]}))
        assert ("read-only-traefik", "verbs") in found, f"{verb} writes"
    assert rules(role("traefik", READ)) == set(), "get, list and watch are enough"
    socket = changed(workload(), "spec/template/spec/volumes/0", {"name": "v", "hostPath": {"path": "/run/x.sock"}})
    assert ("volume-types", "hostPathVolumes") in rules(socket), "the container runtime's socket is out of reach"


@pytest.mark.demand("ING-03")
@pytest.mark.parametrize("case", [case for case in NGINX if case.rules])
def test_no_nginx_ingress_stands_beside_traefik(case: Case) -> None:
    assert {policy for policy, _ in rules(case.manifest)} == {"no-nginx-ingress"}, "Traefik is the only ingress"


@pytest.mark.demand("NET-04")
@pytest.mark.parametrize("case", [case for case in EGRESS if case.rules])
def test_no_workload_is_attached_to_a_segment_called_egress(case: Case) -> None:
    assert ("no-egress-segment", "") in rules(case.manifest), "external calls leave through Traefik"


def test_the_objects_of_a_list_are_judged_one_by_one() -> None:
    both = {"apiVersion": "v1", "kind": "List", "items": [service(), service(type="NodePort")]}
    assert rules(both) == {("service-exposure", "type")}, "a list hides nothing"
    answer = PACK.analyze({**both, "kind": "ServiceList", "metadata": {"name": "all"}})
    assert ("service-exposure", "type") in answer.rules, "nor does it in the engine"


def test_a_patch_is_judged_like_the_object_that_it_changes() -> None:
    answer = PACK.analyze_as("kubernetes:core/v1:ServicePatch", service(type="NodePort"))
    assert answer.rules == {("service-exposure", "type")}, "a patch is no way around a policy"


def test_resources_of_other_providers_are_not_judged() -> None:
    answer = PACK.analyze_as("random:index/randomPassword:RandomPassword", service(type="NodePort"))
    assert not answer.diagnostics, "a password is no Kubernetes object"
