"""The applyset of a system: a cluster-wide parent object, and the label by which its members are found.

Source: Kubernetes enhancement 3659, `kubectl apply --prune` with applysets.
"""

import base64
import hashlib
from collections.abc import Collection, Mapping
from typing import Any

from quadrant_platform.applier.observed.object_keys import ObjectKey
from quadrant_platform.vocabulary import APPLYSET_LABEL, MANAGED_BY, POD_SECURITY_PREFIX

GROUP, KIND, PLURAL = "quadrant.dev", "System", "systems"
RESOURCE = f"{PLURAL}.{GROUP}"
NAMESPACE = "quadrant"
"""The namespace of what Quadrant keeps about the systems of a cluster; no pod can run there."""
MEMBER = APPLYSET_LABEL
_IDENTITY = "applyset.kubernetes.io/id"
_KINDS = "applyset.kubernetes.io/contains-group-kinds"
_NAMESPACES = "applyset.kubernetes.io/additional-namespaces"


def identity(installation: str) -> str:
    """Return the id of an installation's set, as the enhancement computes it."""
    digest = hashlib.sha256(f"{installation}..{KIND}.{GROUP}".encode()).digest()
    return f"applyset-{base64.urlsafe_b64encode(digest).decode().rstrip('=')}-v1"


def ground() -> list[dict[str, Any]]:
    """Return the objects that all sets of a cluster share: the kind of their parents, and a namespace without pods."""
    text = {"type": "string"}
    schema = {
        "type": "object",
        "properties": {"spec": {"type": "object", "properties": {"system": text, "stage": text, "stack": text}}},
    }
    version = {"name": "v1alpha1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"plural": PLURAL, "singular": "system", "kind": KIND, "listKind": f"{KIND}List"}
    labels = MANAGED_BY | {"applyset.kubernetes.io/is-parent-type": "true"}
    restricted = {f"{POD_SECURITY_PREFIX}{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
    return [
        {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": RESOURCE, "labels": labels},
            "spec": {"group": GROUP, "scope": "Cluster", "names": names, "versions": [version]},
        },
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": MANAGED_BY | restricted}},
        {
            "apiVersion": "v1",
            "kind": "ResourceQuota",
            "metadata": {"name": "no-pods", "namespace": NAMESPACE, "labels": MANAGED_BY},
            "spec": {"hard": {"pods": "0"}},
        },
    ]


def parent(installation: str, spec: Mapping[str, str], members: Collection[ObjectKey]) -> dict[str, Any]:
    """Return the parent, which names the kinds and namespaces of the members; `spec` says what the installation is."""
    kinds = {f"{key.kind}.{key.group}" if key.group else key.kind for key in members}
    annotations = {
        "applyset.kubernetes.io/tooling": "quadrant/v0.1.0",
        _KINDS: ",".join(sorted(kinds)),
        _NAMESPACES: ",".join(sorted({key.namespace for key in members} - {""})),
    }
    labels = MANAGED_BY | {_IDENTITY: identity(installation)}
    return {
        "apiVersion": f"{GROUP}/v1alpha1",
        "kind": KIND,
        "metadata": {"name": installation, "labels": labels, "annotations": annotations},
        "spec": dict(spec),
    }


def kinds_of(found: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Return the groups and kinds that a live parent names."""
    written = found["metadata"].get("annotations", {}).get(_KINDS, "")
    pairs = (entry.partition(".") for entry in written.split(",") if entry)
    return {(group, kind) for kind, _, group in pairs}
