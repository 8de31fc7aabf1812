"""Objects that resources name: issuers, clusters, stores, catalogues, gateways, classes. One table."""

from collections.abc import Iterator
from typing import NamedTuple

from quadrant_platform.policies.core import Finding, Level, Node, Object, Severity, StackIndex, StackPolicy
from quadrant_platform.policies.core.absence import CNPG, is_missing, is_unlisted
from quadrant_platform.policies.core.made_objects import nodes_at
from quadrant_platform.policies.core.policy import ADVICE, CONSISTENCY

_KEDA, _SECRETS, _CERTIFICATES, _GATEWAY = (
    "keda.sh",
    "external-secrets.io",
    "cert-manager.io",
    "gateway.networking.k8s.io",
)
_ROLES = "rbac.authorization.k8s.io"


class _Names(NamedTuple):
    """A place at which kinds of a group name an object: its kind unless the place says another, and its group."""

    kinds: frozenset[str]
    of: str
    place: tuple[str, ...]
    target: str
    group: str
    key: str = "name"


def _row(kinds: str, of: str, place: str, target: str, group: str, key: str = "name") -> _Names:
    """Return a row whose kinds and place are words; a place goes through lists."""
    return _Names(frozenset(kinds.split()), of, tuple(place.split()), target, group, key)


_TABLE = (
    _row("Certificate CertificateRequest", _CERTIFICATES, "spec issuerRef", "Issuer", _CERTIFICATES),
    _row("ScheduledBackup Backup Pooler Database Publication Subscription", CNPG, "spec cluster", "Cluster", CNPG),
    _row("Cluster", CNPG, "spec imageCatalogRef", "ImageCatalog", CNPG),
    _row("ExternalSecret", _SECRETS, "spec secretStoreRef", "SecretStore", _SECRETS),
    _row("PushSecret", _SECRETS, "spec secretStoreRefs", "SecretStore", _SECRETS),
    _row("ScaledObject ScaledJob", _KEDA, "spec triggers authenticationRef", "TriggerAuthentication", _KEDA),
    _row("TriggerAuthentication", _KEDA, "spec secretTargetRef", "Secret", ""),
    _row("TriggerAuthentication", _KEDA, "spec configMapTargetRef", "ConfigMap", ""),
    _row("HTTPRoute GRPCRoute TLSRoute TCPRoute UDPRoute", _GATEWAY, "spec parentRefs", "Gateway", _GATEWAY),
    _row("HTTPRoute GRPCRoute TLSRoute TCPRoute UDPRoute", _GATEWAY, "spec rules backendRefs", "Service", ""),
    _row("RoleBinding", _ROLES, "roleRef", "Role", _ROLES),
    _row("Rollout", "argoproj.io", "spec strategy canary", "Service", "", "canaryService"),
    _row("Rollout", "argoproj.io", "spec strategy canary", "Service", "", "stableService"),
    _row("Rollout", "argoproj.io", "spec strategy blueGreen", "Service", "", "activeService"),
    _row("Rollout", "argoproj.io", "spec strategy blueGreen", "Service", "", "previewService"),
    _row("PersistentVolumeClaim", "", "spec", "StorageClass", "storage.k8s.io", "storageClassName"),
    _row("StatefulSet", "apps", "spec volumeClaimTemplates spec", "StorageClass", "storage.k8s.io", "storageClassName"),
    _row("Ingress", "networking.k8s.io", "spec", "IngressClass", "networking.k8s.io", "ingressClassName"),
    _row("Gateway", _GATEWAY, "spec", "GatewayClass", _GATEWAY, "gatewayClassName"),
)
_OF_PODS = (("priorityClassName", "PriorityClass.scheduling.k8s.io"), ("runtimeClassName", "RuntimeClass.node.k8s.io"))
_WITHOUT_NAMESPACE = frozenset({"StorageClass", "IngressClass", "GatewayClass"})
_WIDE = frozenset({"ClusterIssuer", "ClusterSecretStore", "ClusterTriggerAuthentication", "ClusterImageCatalog"})
"""Kinds that a place may say instead of its own; ClusterRoles are left out, as every cluster has many."""


class _Named(NamedTuple):
    """A name that an object has for another; `wide` tells that its kind has no namespaces."""

    obj: Object
    node: Node
    kind: str
    name: str
    wide: bool


def named_exist(stack: StackIndex) -> Iterator[Finding]:
    """Check that what resources name is in their namespace, where others of its kind are."""
    for one in _named(stack):
        namespace = one.node.at("namespace").text() or one.obj.namespace
        if not one.wide and is_missing(stack, one.kind, namespace, one.name):
            text = f"{one.node.path}: there is no {one.kind.partition('.')[0]} {namespace}/{one.name}"
            yield Finding(text, "missing", one.obj)


def classes_exist(stack: StackIndex) -> Iterator[Finding]:
    """Check that a name of a kind without namespaces is among those of that kind here."""
    found = [one for one in _named(stack) if one.wide]
    for pod in stack.declared_pods:
        for field, kind in _OF_PODS:
            found.append(_Named(pod.workload, pod.spec.at(field), kind, pod.spec.at(field).text(), wide=True))
    for one in found:
        if is_unlisted(stack, one.kind, one.name):
            text = f"{one.node.path}: no {one.kind.partition('.')[0]} here is called {one.name!r}"
            yield Finding(text, "unlisted", one.obj)


def _named(stack: StackIndex) -> Iterator[_Named]:
    for obj in stack.objects:
        for row in _TABLE:
            if obj.kind in row.kinds and obj.group == row.of:
                yield from _at(obj, row)


def _at(obj: Object, row: _Names) -> Iterator[_Named]:
    """Yield the names at the place of a row; one whose group is another's is not judged."""
    for node in nodes_at(obj.node, row.place):
        if not node.present():
            continue
        kind = node.at("kind").text() if row.key == "name" else ""
        group = next((text for key in ("group", "apiGroup") if (text := node.at(key).text())), row.group)
        wide = row.target in _WITHOUT_NAMESPACE or kind in _WIDE
        if group == row.group and (wide or kind in ("", row.target)):
            full = f"{kind or row.target}.{row.group}" if row.group else row.target
            yield _Named(obj, node, full, node.at(row.key).text(), wide)


POLICIES = (
    StackPolicy(
        name="named-objects-exist", title="What a resource names is there",
        severity=Severity.HIGH, tags=("reliability",), group=CONSISTENCY, predicate=named_exist,
        why="A certificate without its issuer, a backup without its cluster or a route without its gateway waits for "
        "ever, and no one is told.",
        remedy="Correct the name or the namespace, or list the name in knownReferences.",
    ),
    StackPolicy(
        name="named-classes-exist", title="What a class is called is among those here", level=Level.ADVISORY,
        severity=Severity.MEDIUM, tags=("reliability",), group=ADVICE, predicate=classes_exist,
        why="A claim of an unknown class stays pending, and a pod of an unknown priority is refused; clusters have "
        "classes of their own, too, so this is advice.",
        remedy="Correct the name of the class, priority or cluster-wide issuer, or list it in knownReferences.",
    ),
)  # fmt: skip
