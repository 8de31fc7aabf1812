"""Services, roles, routes, namespaces and releases, and the rules that each breaks; without rules it must pass."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.policies.builders import (
    UNKNOWN,
    Manifest,
    changed,
    labels,
    middleware,
    namespace,
    obj,
    router,
    service,
    workload,
)


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


MAIN = "spec/template/spec/containers/0"
LABELS = labels("api")
ENFORCED = {
    f"pod-security.kubernetes.io/{key}": value
    for key, value in (("enforce", "restricted"), ("enforce-version", "v1.36"))
}
HOST = {"host": "shop.example.com"}
EDGE = workload("traefik", component="edge")
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
    Case(
        binding(roleRef={"name": "view"}, subjects=[{"kind": "ServiceAccount", "name": "default"}]),
        ("no-wildcard-no-cluster-admin/default-account",),
    ),
)
TLS = (
    Case(router(entryPoints=[]), ("tls-only/entry-points",)),
    Case(router(tls=None), ("tls-only/tls",)),
    Case(router(tls=UNKNOWN), ("tls-only/unknown",)),
    Case(router(entryPoints=["dashboard"], tls=None)),
    Case(ingress(rules=[]), ("tls-only/tls",)),
    Case(ingress(ingressClassName="traefik", tls=[{"hosts": ["shop.example.com"]}])),
    Case(ingress(tls=[{"hosts": ["shop.example.com"]}], rules=[HOST])),
    Case(ingress(tls=[{"hosts": ["*.example.com"]}], rules=[HOST])),
    Case(ingress(tls=[{"hosts": ["a.example.com"]}, {}], rules=[HOST])),
    Case(ingress(tls=[{"hosts": ["www.example.com"]}], rules=[HOST]), ("tls-only/host",)),
    Case(obj("traefik.io/v1alpha1", "TLSOption", "default", spec={"minVersion": "VersionTLS13"})),
    Case(obj("traefik.io/v1alpha1", "TLSOption", "default", spec={"minVersion": "VersionTLS11"}),
         ("tls-only/min-version",)),
    Case(changed(EDGE, f"{MAIN}/args", ["--api.insecure=true"]), ("tls-only/dashboard",)),
    Case(changed(EDGE, f"{MAIN}/args", ["--api.dashboard=true", "--api.insecure=false"])),
)  # fmt: skip
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
    Case(
        changed(namespace("frontend"), "metadata/labels", {"team": "shop"}),
        ("namespace-labels/enforce", "namespace-labels/enforce-version"),
    ),
    Case(
        changed(namespace("frontend"), "metadata/labels", {**ENFORCED, "quadrant.dev/system": "shop"}),
        ("namespace-labels/segment",),
    ),
    Case(changed(namespace("frontend"), "metadata/labels", ENFORCED)),
    Case(changed(service(), "metadata/namespace", "default"), ("namespace-labels/name",)),
    Case(changed(workload(), "metadata/namespace", "kube-system"), ("namespace-labels/name",)),
    Case(changed(workload(), "metadata/namespace", "kubernetes-dashboard")),
)
EGRESS = (
    Case(namespace("egress"), ("namespace-labels/segment", "no-egress-segment/")),
    Case(
        changed(workload(), "spec/template/metadata/labels", {**LABELS, "quadrant.dev/segment": "egress"}),
        ("no-egress-segment/",),
    ),
    Case(
        changed(workload(), "spec/template/metadata/labels", {**LABELS, "quadrant.dev/attached-egress": "true"}),
        ("no-egress-segment/",),
    ),
    Case(changed(workload(), "spec/template/metadata/labels", {**LABELS, "quadrant.dev/attached-backend": "true"})),
)
ALL = (*EXPOSURE, *PORTS, *TRAEFIK_ROLE, *RIGHTS, *TLS, *ORIGINS, *PATTERNS, *NGINX, *SEGMENTS, *EGRESS)
