"""Manifests that break no policy, and ways to break one thing in them."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from typing import Any

from quadrant_platform.vocabulary import POD_TEMPLATES

Manifest = dict[str, Any]

REMOVE = object()
"""As a value of `changed`: take the field away."""

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""The engine's placeholder for a string that is not known at preview."""

SYSTEM = "shop"
DIGEST = "sha256:" + 64 * "0"


def changed(manifest: Manifest, path: str, value: Any) -> Manifest:
    """Return a copy with the field at a dotted path set or removed; missing objects on the way are made."""
    result = copy.deepcopy(manifest)
    node: Any = result
    *parents, last = path.split("/")
    for key in parents:
        node = node[int(key)] if isinstance(node, list) else node.setdefault(key, {})
    if value is REMOVE:
        del node[last]
    elif isinstance(node, list):
        node[int(last)] = value
    else:
        node[last] = value
    return result


def container(name: str, port: int) -> Manifest:
    """Return a container that satisfies every policy."""
    probe = {"httpGet": {"path": "/health", "port": port}}
    return {
        "name": name,
        "image": "registry.example.com:5000/shop/app:1.4.0",
        "ports": [{"name": "http", "containerPort": port}],
        "resources": {
            "requests": {"cpu": "100m", "memory": "64Mi", "ephemeral-storage": "64Mi"},
            "limits": {"cpu": 1, "memory": "128Mi", "ephemeral-storage": "256Mi"},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
        "startupProbe": probe,
        "readinessProbe": probe,
        "livenessProbe": {**probe, "failureThreshold": 6},
    }


def init_container() -> Manifest:
    """Return an init container that satisfies every policy."""
    serving = ("ports", "startupProbe", "readinessProbe", "livenessProbe")
    return {key: value for key, value in container("seed", 3001).items() if key not in serving}


def spread(matched: Manifest) -> Manifest:
    """Return the constraint that spreads the pods with these labels over nodes."""
    over = {"maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "DoNotSchedule"}
    return {**over, "labelSelector": {"matchLabels": matched}}


def pod_spec(name: str, port: int) -> Manifest:
    """Return the specification of a pod that satisfies every policy."""
    return {
        "serviceAccountName": name,
        "automountServiceAccountToken": False,
        "priorityClassName": f"{SYSTEM}-critical",
        "topologySpreadConstraints": [spread({"app.kubernetes.io/name": name})],
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 10001,
            "runAsGroup": 10001,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [container(name, port)],
        "volumes": [{"name": "scratch", "emptyDir": {"sizeLimit": "16Mi"}}],
    }


def labels(name: str, component: str = "service") -> dict[str, str]:
    """Return the labels of a workload's pods."""
    return {
        "app.kubernetes.io/name": name,
        "app.kubernetes.io/part-of": SYSTEM,
        "app.kubernetes.io/component": component,
    }


def workload(
    name: str = "api",
    segment: str = "backend",
    port: int = 3001,
    component: str = "service",
    kind: str = "Deployment",
) -> Manifest:
    """Return a workload that satisfies every policy, of a kind with a template in its spec."""
    of_kinds: Manifest = {
        "StatefulSet": {"serviceName": name},
        "Job": {"activeDeadlineSeconds": 600, "ttlSecondsAfterFinished": 3600},
    }
    own: Manifest = of_kinds.get(kind, {})
    selector = {} if kind == "Job" else {"selector": {"matchLabels": {"app.kubernetes.io/name": name}}}
    restart = {"restartPolicy": "Never"} if kind == "Job" else {}
    return {
        "apiVersion": "batch/v1" if kind == "Job" else "apps/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": f"{SYSTEM}-{segment}", "labels": labels(name, component)},
        "spec": {
            **own,
            **selector,
            "template": {
                "metadata": {"labels": labels(name, component)},
                "spec": pod_spec(name, port) | restart | {"initContainers": [init_container()]},
            },
        },
    }


_OF_KINDS: Manifest = {
    "CronJob": {
        "concurrencyPolicy": "Forbid",
        "startingDeadlineSeconds": 300,
        "jobTemplate": {"spec": {"activeDeadlineSeconds": 600}},
    },
    "ReplicationController": {"selector": {"app.kubernetes.io/name": "api"}},
}
"""The fields beside the template of kinds that differ from a Deployment."""


def of_kind(kind: str, spec: Manifest) -> Manifest:
    """Return a workload of any kind around a pod."""
    manifest: Manifest = copy.deepcopy(workload(kind=kind))
    labels = manifest["spec"].pop("template")["metadata"]
    path = POD_TEMPLATES[kind]
    base = "/".join(path)
    if not path:
        owned = {"ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "api", "uid": "7d2f"}]}
        return manifest | {"spec": spec, "metadata": manifest["metadata"] | labels | owned}
    if kind in _OF_KINDS:
        manifest["spec"] = copy.deepcopy(_OF_KINDS[kind])
    return changed(changed(manifest, f"{base}/metadata", labels), f"{base}/spec", spec)


def service(name: str = "api", segment: str = "backend", **spec: Any) -> Manifest:
    """Return a Service inside the cluster."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": f"{SYSTEM}-{segment}"},
        "spec": {
            "selector": {"app.kubernetes.io/name": name},
            "ports": [{"name": "http", "port": 80, "targetPort": 3001}],
            **spec,
        },
    }


def namespace(segment: str) -> Manifest:
    """Return the namespace of a segment."""
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": f"{SYSTEM}-{segment}",
            "labels": {
                "quadrant.dev/system": SYSTEM,
                "quadrant.dev/segment": segment,
                "pod-security.kubernetes.io/enforce": "restricted",
                "pod-security.kubernetes.io/enforce-version": "latest",
            },
        },
    }


def obj(api_version: str, kind: str, name: str, segment: str = "frontend", **fields: Any) -> Manifest:
    """Return any other object of the system."""
    metadata = {"name": name, "namespace": f"{SYSTEM}-{segment}", **fields.pop("metadata", {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **fields}


def router(**spec: Any) -> Manifest:
    """Return a public router with TLS and a rate limit."""
    route = {
        "kind": "Rule",
        "match": "Host(`shop.example.com`)",
        "middlewares": [{"name": "guard"}],
        "services": [{"name": "api", "port": 80}],
    }
    full = {"entryPoints": ["websecure"], "routes": [route], "tls": {"secretName": "shop-tls"}, **spec}
    return obj("traefik.io/v1alpha1", "IngressRoute", "api", "backend", spec=full)


def middleware(name: str, **spec: Any) -> Manifest:
    """Return a Traefik middleware."""
    return obj("traefik.io/v1alpha1", "Middleware", name, "backend", spec=spec)


def matrix_config_map(matrix: Manifest) -> Manifest:
    """Return the ConfigMap that carries the matrix."""
    return obj(
        "v1", "ConfigMap", "quadrant-matrix",
        metadata={"labels": {"quadrant.dev/matrix": "true"}},
        data={"matrix.json": json.dumps(matrix, sort_keys=True, separators=(",", ":"))},
    )  # fmt: skip


def find(stack: Iterable[Manifest], kind: str, name: str) -> Manifest:
    """Return the one object of a stack with this kind and name."""
    return next(one for one in stack if one["kind"] == kind and one["metadata"]["name"] == name)


def replaced(stack: list[Manifest], kind: str, name: str, path: str, value: Any) -> list[Manifest]:
    """Return the stack with one field of one object changed."""
    target = find(stack, kind, name)
    return [changed(one, path, value) if one is target else one for one in stack]


def without(stack: list[Manifest], kind: str, name: str) -> list[Manifest]:
    """Return the stack without one object."""
    target = find(stack, kind, name)
    return [one for one in stack if one is not target]
