"""A small platform that breaks no policy: an entry, an exit, an API, a database and their connections."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tests.policies import builders
from tests.policies.builders import SYSTEM, Manifest
from tests.policies.servicer import Answer, Pack

PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8"]
WORKLOADS = {
    "traefik": ("frontend", 8443, "edge", "Deployment"),
    "traefik-egress": ("frontend", 9001, "edge", "Deployment"),
    "api": ("backend", 3001, "service", "Deployment"),
    "db": ("database", 5432, "database", "StatefulSet"),
}
ROWS = (
    ("internet", "shop-frontend/traefik", "TCP", 8443),
    ("shop-frontend/traefik", "shop-backend/api", "TCP", 3001),
    ("shop-backend/api", "shop-database/db", "TCP", 5432),
    ("shop-backend/api", "shop-frontend/traefik-egress", "TCP", 9001),
    ("shop-frontend/traefik-egress", "internet", "TCP", 443),
    ("monitoring/prometheus", "shop-backend/api", "TCP", 3001),
    *(
        (source, "kube-system/kube-dns", protocol, 53)
        for source in ("shop-frontend/traefik", "shop-frontend/traefik-egress", "shop-backend/api")
        for protocol in ("UDP", "TCP")
    ),
)


def matrix(rows: tuple[tuple[str, str, str, int], ...] = ROWS, environment: str = "prod") -> Manifest:
    """Return the declared connections."""
    workloads = {
        f"{SYSTEM}-{segment}/{name}": {
            "kind": "workload", "namespace": f"{SYSTEM}-{segment}", "ports": [f"{port}/TCP"],
            "labels": {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": SYSTEM},
        }
        for name, (segment, port, _, _) in WORKLOADS.items()
    }  # fmt: skip
    others = {
        "kube-system/kube-dns": _control("kube-system", {"k8s-app": "kube-dns"}, "53/UDP", "53/TCP"),
        "monitoring/prometheus": _control("monitoring", {"app.kubernetes.io/name": "prometheus"}, "9090/TCP"),
        "internet": {
            "kind": "cidr",
            "blocks": [
                {"cidr": "0.0.0.0/0", "except": PRIVATE},
                {"cidr": "::/0", "except": ["fc00::/7", "fe80::/10"]},
            ],
        },
    }
    listed = [
        {"from": source, "to": target, "protocol": protocol, "port": port, "why": "test", "implied": None}
        for source, target, protocol, port in rows
    ]
    return {
        "schema": 1,
        "system": SYSTEM,
        "environment": environment,
        "peers": workloads | others,
        "rows": listed,
    }


def _control(namespace: str, labels: dict[str, str], *ports: str) -> Manifest:
    return {"kind": "control", "namespace": namespace, "labels": labels, "ports": list(ports)}


def default_deny(segment: str) -> Manifest:
    """Return the policy that refuses everything in a namespace."""
    spec: Manifest = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    return builders.obj("networking.k8s.io/v1", "NetworkPolicy", "default-deny", segment, spec=spec)


def network_policies(declared: Manifest) -> list[Manifest]:
    """Return one policy a workload, both directions in it."""
    egress: dict[str, list[Manifest]] = defaultdict(list)
    ingress: dict[str, list[Manifest]] = defaultdict(list)
    for row in declared["rows"]:
        ports = [{"protocol": row["protocol"], "port": row["port"]}]
        egress[row["from"]].append({"to": _selectors(declared["peers"][row["to"]]), "ports": ports})
        ingress[row["to"]].append({"from": _selectors(declared["peers"][row["from"]]), "ports": ports})
    return [
        builders.obj("networking.k8s.io/v1", "NetworkPolicy", name, segment, spec={
            "podSelector": {"matchLabels": {"app.kubernetes.io/name": name}},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": ingress[f"{SYSTEM}-{segment}/{name}"],
            "egress": egress[f"{SYSTEM}-{segment}/{name}"],
        })
        for name, (segment, _, _, _) in WORKLOADS.items()
    ]  # fmt: skip


def _selectors(peer: Manifest) -> list[Manifest]:
    if peer["kind"] == "cidr":
        return [{"ipBlock": block} for block in peer["blocks"]]
    return [
        {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": peer["namespace"]}},
            "podSelector": {"matchLabels": peer["labels"]},
        }
    ]


def share(segment: str) -> list[Manifest]:
    """Return the quota and limits of a namespace."""
    hard = {"requests.cpu": "4", "requests.memory": "8Gi", "limits.memory": "8Gi"}
    limits = [{"type": "Container", "default": {"memory": "64Mi"}}]
    return [
        builders.obj("v1", "ResourceQuota", "quota", segment, spec={"hard": hard}),
        builders.obj("v1", "LimitRange", "limits", segment, spec={"limits": limits}),
    ]


def api_with_secret() -> Manifest:
    """Return the API with its database password mounted as a read-only file."""
    api = builders.workload()
    volume = {"name": "secrets", "projected": {"sources": [{"secret": {"name": "api-secrets"}}]}}
    mount = {"name": "secrets", "mountPath": "/run/secrets", "readOnly": True}
    api["spec"]["template"]["spec"]["volumes"].append(volume)
    api["spec"]["template"]["spec"]["containers"][0]["volumeMounts"] = [mount]
    return api


def pods(name: str) -> Manifest:
    """Return a workload of the platform: two copies of it."""
    made = api_with_secret() if name == "api" else builders.workload(name, *WORKLOADS[name])
    return builders.changed(made, "spec/replicas", 2)


def budget(name: str, segment: str) -> Manifest:
    """Return the disruption budget of a workload."""
    spec = {"maxUnavailable": 1, "selector": {"matchLabels": {"app.kubernetes.io/name": name}}}
    return builders.obj("policy/v1", "PodDisruptionBudget", name, segment, spec=spec)


def stack(declared: Manifest | None = None) -> list[Manifest]:
    """Return all objects of the platform."""
    declared = declared or matrix()
    segments = ("frontend", "backend", "database")
    secret = builders.obj(
        "v1", "Secret", "api-secrets", "backend",
        metadata={"annotations": {"quadrant.dev/consumers": "api, migrate", "quadrant.dev/generated-keys": "password"}},
        stringData={"password": "x"},
    )  # fmt: skip
    entry: dict[str, Any] = {"type": "LoadBalancer", "ports": [{"port": 443, "targetPort": 8443}]}
    return [
        *(builders.namespace(segment) for segment in segments),
        builders.matrix_config_map(declared),
        *(part for segment in segments for part in share(segment)),
        *(builders.obj("v1", "ServiceAccount", name, facts[0]) for name, facts in WORKLOADS.items()),
        *(default_deny(segment) for segment in segments),
        *network_policies(declared),
        secret,
        *(pods(name) for name in WORKLOADS),
        *(budget(name, facts[0]) for name, facts in WORKLOADS.items()),
        builders.service(),
        builders.service("db", "database", clusterIP="None", ports=[{"port": 5432}]),
        builders.service("traefik", "frontend", **entry),
        builders.middleware("limit", rateLimit={"average": 100, "period": "1m", "burst": 10}),
        builders.middleware("guard", chain={"middlewares": [{"name": "limit"}]}),
        builders.router(),
        builders.obj("cert-manager.io/v1", "Certificate", "shop", "backend", spec={"secretName": "shop-tls"}),
        builders.obj("v1", "ConfigMap", "api-config", "backend", data={"app.yaml": "logLevel: INFO\n"}),
    ]


def with_rules(name: str, direction: str, rules: list[Manifest]) -> list[Manifest]:
    """Return the platform with other rules in one workload's policy."""
    return builders.replaced(stack(), "NetworkPolicy", name, f"spec/{direction}", rules)


def ingress_rule(namespace: str, name: str, port: int) -> Manifest:
    """Return a rule that admits one workload."""
    selector = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
        "podSelector": {"matchLabels": {"app.kubernetes.io/name": name}},
    }
    return {"from": [selector], "ports": [{"protocol": "TCP", "port": port}]}


GOOD = stack()


def both_ways(pack: Pack, manifests: list[Manifest]) -> Answer:
    """Return what the engine finds: in each resource, save the good ones, and then in the whole stack."""
    answer = pack.analyze_stack(manifests)
    for manifest in manifests:
        if manifest not in GOOD:
            answer |= pack.analyze(manifest)
    return answer
