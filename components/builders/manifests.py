"""Manifests as plain data in wire form, and the small objects that most components share."""

import hashlib
from collections.abc import Mapping
from typing import Any

from quadrant_platform.model.expansion.endpoint import Listener
from quadrant_platform.vocabulary import MANAGED_BY, PART_OF_LABEL

Manifest = dict[str, Any]

PORT_NAME_LENGTH = 15


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


def logical_name(metadata: Manifest, prefix: str) -> str:
    """Return `namespace/name`, or the name alone of a cluster-wide object, without the prefix of an installation."""
    namespace, name = metadata.get("namespace"), metadata["name"]
    if namespace is None:
        return str(name.removeprefix(prefix))
    ours = namespace.startswith(prefix)
    return f"{namespace.removeprefix(prefix)}/{name if ours else name.removeprefix(prefix)}"


def part_of(system: str) -> dict[str, str]:
    """Return the label of all objects of a system."""
    return {PART_OF_LABEL: system}


def manifest(api_version: str, kind: str, meta: Manifest, spec: Manifest) -> Manifest:
    """Return an object of a kind that has a specification."""
    return {"apiVersion": api_version, "kind": kind, "metadata": meta, "spec": spec}


def service_account(meta: Manifest) -> Manifest:
    """Return a ServiceAccount without a token."""
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta, "automountServiceAccountToken": False}


def config_map(meta: Manifest, data: Mapping[str, str]) -> Manifest:
    """Return a ConfigMap."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": dict(data)}


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
