"""A platform of two workloads, small enough to read at a glance: internet -> web -> api, and the resolver."""

import json
from typing import Any

import pulumi
import pulumi_kubernetes
import pulumi_random as random

# Untyped, because type checkers need minutes and gigabytes to match dicts with the provider's overloads.
k8s: Any = pulumi_kubernetes

FRONT, BACK = "sample-frontend", "sample-backend"
DNS: tuple[dict[str, Any], list[tuple[str, int]]] = (
    {"namespace": "kube-system", "labels": {"k8s-app": "kube-dns"}},
    [("UDP", 53), ("TCP", 53)],
)


def labels(name: str) -> dict[str, str]:
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "sample"}


def peer(namespace: str, chosen: dict[str, str]) -> dict[str, Any]:
    return {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
        "podSelector": {"matchLabels": chosen},
    }


def ports(*pairs: tuple[str, int]) -> list[dict[str, Any]]:
    return [{"protocol": protocol, "port": port} for protocol, port in pairs]


class Workload(pulumi.ComponentResource):
    """Everything of one workload."""

    def __init__(
        self,
        name: str,
        namespace: str,
        rules: tuple[list[dict[str, Any]], list[dict[str, Any]]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("quadrant:sample:Workload", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        metadata = {"name": name, "namespace": namespace, "labels": labels(name)}
        password = random.RandomPassword(f"{name}-password", length=24, opts=child)
        account = k8s.core.v1.ServiceAccount(name, metadata=metadata, automount_service_account_token=False, opts=child)
        secret = k8s.core.v1.Secret(
            f"{name}-secret",
            metadata={**metadata, "name": f"{name}-secret"},
            string_data={"password": password.result, "url": pulumi.Output.concat("db://", password.result)},
            opts=child,
        )
        k8s.networking.v1.NetworkPolicy(
            name,
            metadata=metadata,
            spec={
                "podSelector": {"matchLabels": labels(name)},
                "policyTypes": ["Ingress", "Egress"],
                "ingress": rules[0],
                "egress": [{"to": [peer(DNS[0]["namespace"], DNS[0]["labels"])], "ports": ports(*DNS[1])}, *rules[1]],
            },
            opts=child,
        )
        container = {"name": name, "image": f"registry.example.com/{name}:1.0.0", "ports": [{"containerPort": 8080}]}
        template = {"metadata": {"labels": labels(name)}, "spec": {"containers": [container]}}
        self.workload = k8s.apps.v1.Deployment(
            name,
            metadata=metadata,
            spec={"replicas": 2, "selector": {"matchLabels": labels(name)}, "template": template},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[account, secret]),
        )
        self.register_outputs({})


def matrix() -> dict[str, Any]:
    def row(*row: Any) -> dict[str, Any]:
        return dict(zip(("from", "to", "protocol", "port", "why", "implied"), row, strict=True))

    def workload(name: str, namespace: str) -> dict[str, Any]:
        return {"kind": "workload", "namespace": namespace, "labels": labels(name), "ports": ["8080/TCP"]}

    web, api = f"{FRONT}/web", f"{BACK}/api"
    resolves = [
        row(source, "kube-system/kube-dns", protocol, 53, "resolves names", "dns")
        for source in (api, web)
        for protocol in ("TCP", "UDP")
    ]
    rows = [
        row("internet", web, "TCP", 8080, "user traffic", None),
        row(web, api, "TCP", 8080, "pages ask for data", None),
    ]
    return {
        "schema": 1,
        "system": "sample",
        "environment": "dev",
        "peers": {
            web: workload("web", FRONT),
            api: workload("api", BACK),
            "kube-system/kube-dns": {"kind": "control", **DNS[0], "ports": ["53/TCP", "53/UDP"]},
            "internet": {"kind": "cidr", "blocks": [{"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}]},
        },
        "rows": rows + resolves,
    }


DENY = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def main() -> None:
    config = pulumi.Config("quadrant")
    for namespace in (FRONT, BACK):
        segment = {"quadrant.dev/segment": namespace.removeprefix("sample-"), "quadrant.dev/system": "sample"}
        made = k8s.core.v1.Namespace(namespace, metadata={"name": namespace, "labels": segment})
        k8s.networking.v1.NetworkPolicy(
            f"{namespace}-default-deny",
            metadata={"name": "default-deny", "namespace": namespace},
            spec=DENY,
        )
    world = {"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}}
    tcp = ports(("TCP", 8080))
    Workload("web", FRONT, ([{"from": [world], "ports": tcp}], [{"to": [peer(BACK, labels("api"))], "ports": tcp}]))
    Workload("api", BACK, ([{"from": [peer(FRONT, labels("web"))], "ports": tcp}], []))
    k8s.core.v1.ConfigMap(
        "quadrant-matrix",
        metadata={"name": "quadrant-matrix", "namespace": FRONT, "labels": {"quadrant.dev/matrix": "true"}},
        data={"matrix.json": json.dumps(matrix(), sort_keys=True, separators=(",", ":"))},
    )
    k8s.apiextensions.CustomResource(
        "monitor",
        api_version="monitoring.coreos.com/v1",
        kind="ServiceMonitor",
        metadata={"name": "web", "namespace": FRONT},
        spec={
            "endpoints": [{"port": "http", "sampleLimit": 1000, "ratio": 0.5}],
            "environment": config.get("environment"),
        },
    )
    if config.get("copyUid"):
        k8s.core.v1.ConfigMap(
            "copy", metadata={"name": "copy", "namespace": BACK}, data={"uid": made.metadata.apply(lambda m: m["uid"])}
        )


main()
