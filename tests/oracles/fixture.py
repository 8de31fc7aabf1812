"""A small system by hand: six workloads in three namespaces, its matrix and its policies."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

Manifest = dict[str, Any]

_WORKLOADS = {
    "shop-front/proxy": ["8443/TCP"],
    "shop-front/web": ["3000/TCP"],
    "shop-back/api": ["8000/TCP", "9090/TCP"],
    "shop-back/worker": ["9090/TCP"],
    "shop-data/postgres": ["5432/TCP"],
    "shop-data/redis": ["6379/TCP"],
}
_PRIVATE = {
    "0.0.0.0/0": ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"],
    "::/0": ["fc00::/7", "fe80::/10"],
}
_INTERNET = [{"cidr": cidr, "except": excepts} for cidr, excepts in _PRIVATE.items()]
_API_SERVER = [{"cidr": "10.96.0.1/32", "except": []}, {"cidr": "192.168.7.0/29", "except": []}]
_DNS = "kube-system/kube-dns"
_ROWS = [
    ("internet", "shop-front/proxy", "TCP", 8443),
    ("shop-front/proxy", "shop-front/web", "TCP", 3000),
    ("shop-front/proxy", "shop-back/api", "TCP", 8000),
    ("shop-front/proxy", "api-server", "TCP", 6443),
    ("shop-back/worker", "internet", "TCP", 443),
    ("shop-back/api", "shop-data/postgres", "TCP", 5432),
    ("shop-back/worker", "shop-data/postgres", "TCP", 5432),
    ("shop-back/api", "shop-data/redis", "TCP", 6379),
    ("shop-data/redis", "shop-data/redis", "TCP", 6379),
    ("monitoring/prometheus", "shop-back/api", "TCP", 9090),
    ("monitoring/prometheus", "shop-back/worker", "TCP", 9090),
    *((workload, _DNS, protocol, 53) for workload in _WORKLOADS for protocol in ("TCP", "UDP")),
]


def matrix() -> dict[str, Any]:
    """The matrix, as the ConfigMap carries it."""
    peers: dict[str, Any] = {identity: _pod("workload", identity, ports) for identity, ports in _WORKLOADS.items()}
    peers[_DNS] = _pod("control", _DNS, ["53/TCP", "53/UDP"])
    peers["monitoring/prometheus"] = _pod("control", "monitoring/prometheus", ["9090/TCP"])
    peers["internet"] = {"kind": "cidr", "blocks": _INTERNET}
    peers["api-server"] = {"kind": "cidr", "blocks": _API_SERVER}
    rows = [
        {"from": source, "to": target, "protocol": protocol, "port": port, "why": "a test", "implied": None}
        for source, target, protocol, port in _ROWS
    ]
    return deepcopy({"schema": 1, "system": "shop", "environment": "dev", "peers": peers, "rows": rows})


def manifests() -> list[Manifest]:
    """Namespaces, a default deny in each, and one policy a workload."""
    names = sorted({identity.split("/")[0] for identity in _WORKLOADS})
    namespaces = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in names]
    denials = [_policy(name, "default-deny", {}) for name in names]
    return deepcopy([*namespaces, *denials, *_workload_policies()])


def _workload_policies() -> list[Manifest]:
    found = []
    for identity in _WORKLOADS:
        namespace, name = identity.split("/")
        ingress = [{"from": _peers(row[0]), "ports": _ports(row)} for row in _ROWS if row[1] == identity]
        egress = [{"to": _peers(row[1]), "ports": _ports(row)} for row in _ROWS if row[0] == identity]
        found.append(_policy(namespace, name, {"app": name}, ingress, egress))
    return found


def _policy(
    namespace: str, name: str, labels: Mapping[str, str], ingress: Sequence[Any] = (), egress: Sequence[Any] = ()
) -> Manifest:
    selector = {"matchLabels": dict(labels)} if labels else {}
    spec = {"podSelector": selector, "policyTypes": ["Ingress", "Egress"]}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec | ({"ingress": list(ingress)} if ingress else {}) | ({"egress": list(egress)} if egress else {}),
    }


def _pod(kind: str, identity: str, ports: list[str]) -> dict[str, Any]:
    namespace, name = identity.split("/")
    return {"kind": kind, "namespace": namespace, "labels": {"app": name}, "ports": ports}


def _peers(identity: str) -> list[Any]:
    blocks = {"internet": _INTERNET, "api-server": _API_SERVER}.get(identity)
    if blocks:
        return [{"ipBlock": {key: value for key, value in block.items() if value}} for block in blocks]
    namespace, name = identity.split("/")
    return [
        {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
            "podSelector": {"matchLabels": {"app": name}},
        }
    ]


def _ports(row: tuple[str, str, str, int]) -> list[Any]:
    return [{"protocol": row[2], "port": row[3]}]
