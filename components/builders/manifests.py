"""Manifests as plain data in wire form: metadata, labels and the small objects that most components share."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from quadrant_platform.model.expansion.endpoint import Endpoint, Listener
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.schema.types import Segment

Manifest = dict[str, Any]

PORT_NAME_LENGTH = 15
MANAGED_BY = {"app.kubernetes.io/managed-by": "quadrant"}


def metadata(
    namespace: str | None,
    name: str,
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
) -> Manifest:
    """Return an object's metadata; the name is always set, so that no engine appends to it."""
    result: Manifest = {"name": name, "labels": {**MANAGED_BY, **(labels or {})}}
    if namespace is not None:
        result["namespace"] = namespace
    if annotations:
        result["annotations"] = dict(annotations)
    return result


def workload_labels(plan: Plan, endpoint: Endpoint, tier: int, attached: Iterable[Segment] = ()) -> dict[str, str]:
    """Return the labels of a workload's pods: who it is, where it lives, which segments it is attached to."""
    labels = {
        **dict(endpoint.labels),
        "app.kubernetes.io/component": endpoint.kind,
        "app.kubernetes.io/part-of": plan.system.name,
        "quadrant.dev/tier": str(tier),
    }
    if endpoint.segment is not None:
        labels["quadrant.dev/segment"] = endpoint.segment.value
    return labels | {f"quadrant.dev/attached-{segment}": "true" for segment in attached}


def name_of(endpoint: Endpoint) -> str:
    """Return the workload's name, the second half of its identity."""
    return endpoint.id.partition("/")[2]


def service_account(endpoint: Endpoint, labels: Mapping[str, str]) -> Manifest:
    """Return a workload's own ServiceAccount, without a token."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": metadata(endpoint.namespace, name_of(endpoint), labels),
        "automountServiceAccountToken": False,
    }


def config_map(namespace: str, name: str, data: Mapping[str, str], labels: Mapping[str, str] | None = None) -> Manifest:
    """Return a ConfigMap."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata(namespace, name, labels),
        "data": dict(data),
    }


def service(
    endpoint: Endpoint,
    labels: Mapping[str, str],
    *,
    name: str | None = None,
    ports: Mapping[int, Listener] | None = None,
    headless: bool = False,
) -> Manifest:
    """Return a cluster-internal Service; `ports` maps Service ports to listeners, else they are the same."""
    published = ports or {listener.number: listener for listener in endpoint.listeners}
    spec: Manifest = {
        "type": "ClusterIP",
        "selector": dict(endpoint.labels),
        "ports": [service_port(number, listener) for number, listener in published.items()],
    }
    if headless:
        spec |= {"clusterIP": "None", "publishNotReadyAddresses": True}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(endpoint.namespace, name or name_of(endpoint), labels),
        "spec": spec,
    }


def service_port(number: int, listener: Listener) -> Manifest:
    """Return one Service port; the target is numeric, as NetworkPolicies see it."""
    return {
        "name": port_name(listener.name),
        "port": number,
        "targetPort": listener.number,
        "protocol": listener.protocol,
    }


def port_name(listener: str) -> str:
    """Return a port's name as Kubernetes takes it, of 15 characters at most; long ones stay apart by a hash."""
    if len(listener) <= PORT_NAME_LENGTH:
        return listener
    return f"{listener[:10].rstrip('-')}-{hashlib.sha256(listener.encode()).hexdigest()[:4]}"


def disruption_budget(endpoint: Endpoint, labels: Mapping[str, str]) -> Manifest:
    """Return a budget of one voluntary disruption; a broken pod never blocks a drain."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": metadata(endpoint.namespace, name_of(endpoint), labels),
        "spec": {
            "maxUnavailable": 1,
            "selector": {"matchLabels": dict(endpoint.labels)},
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
        },
    }
