"""Whether an object that is not here is missing, or may be in other manifests: the one rule for all references."""

from collections.abc import Mapping

from quadrant_platform.policies.core.index import StackIndex

_WITH_THEIR_USERS = frozenset({"Secret", "ConfigMap", "PersistentVolumeClaim"})
"""Kinds that are written, or made, beside the pods and routes that use them."""
TRAEFIK = "traefik.io"
CNPG = "postgresql.cnpg.io"
_ROUTING = ("Middleware", "MiddlewareTCP", "TLSOption", "TLSStore", "ServersTransport", "ServersTransportTCP",
            "TraefikService")  # fmt: skip
_FAMILIES = (
    tuple(f"{kind}.{TRAEFIK}" for kind in _ROUTING),
    ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController"),
)
"""Kinds of which whoever keeps one in a namespace also keeps the others there."""
_RELATIVES: Mapping[str, tuple[str, ...]] = {kind: family for family in _FAMILIES for kind in family}
_SHARED = frozenset({"kube-system", "kube-public", "kube-node-lease"})
"""Namespaces into which the cluster and several tools put objects of their own."""
_ACCOUNT_OF_ALL = ("ServiceAccount", "default")
"""What Kubernetes makes in every namespace."""

_NO_NAMESPACE = ""
_OWN = "system-"
"""The names of Kubernetes' own classes begin so."""


def is_missing(stack: StackIndex, kind: str, namespace: str, name: str) -> bool:
    """Return whether nothing is, or makes, an object of this name, although it should be here.

    It should where others of its kind or family in the namespace are here, or the Namespace itself is.
    """
    if not name or (kind, name) == _ACCOUNT_OF_ALL or name in _listed(stack, kind):
        return False
    if (kind, namespace, name) in stack.by_name or stack.is_made(kind, namespace, name):
        return False
    if kind in _WITH_THEIR_USERS:
        return True
    return namespace not in _SHARED and stack.is_complete(namespace, *_RELATIVES.get(kind, (kind,)))


def is_unlisted(stack: StackIndex, kind: str, name: str) -> bool:
    """Return whether objects of a kind without namespaces are here, and none of this name."""
    here = (kind, "", name) in stack.by_name or name in _listed(stack, kind) or name.startswith(_OWN)
    return bool(name) and not here and stack.is_complete(_NO_NAMESPACE, kind)


def _listed(stack: StackIndex, kind: str) -> frozenset[str]:
    """Return the names for which the platform vouches."""
    return stack.config.known_references | (stack.config.known_secrets if kind == "Secret" else frozenset[str]())
