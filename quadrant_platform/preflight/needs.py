"""What a stack needs from its cluster and does not make: kinds, namespaces, classes, issuers and stores."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from quadrant_platform.documents.problems import Problem, nearest
from quadrant_platform.places import place_of
from quadrant_platform.preflight.facts import ClusterFacts

Manifest = Mapping[str, Any]

SOURCES = {
    "cert-manager.io": "cert-manager, https://cert-manager.io/docs/installation",
    "traefik.io": "Traefik's own CRDs, https://doc.traefik.io/traefik",
    "monitoring.coreos.com": "prometheus-operator, https://prometheus-operator.dev",
    "postgresql.cnpg.io": "CloudNativePG, https://cloudnative-pg.io",
    "external-secrets.io": "the External Secrets Operator, https://external-secrets.io",
    "argoproj.io": "Argo Rollouts, https://argo-rollouts.readthedocs.io",
    "velero.io": "Velero, https://velero.io",
    "chaos-mesh.org": "Chaos Mesh, https://chaos-mesh.org",
}
"""The project that defines the kinds of a group, and where it explains the installation."""
_BY_NAME = {
    "storageClassName": "StorageClass",
    "storageClass": "StorageClass",
    "priorityClassName": "PriorityClass",
    "ingressClassName": "IngressClass",
    "gatewayClassName": "GatewayClass",
    "runtimeClassName": "RuntimeClass",
    "volumeSnapshotClassName": "VolumeSnapshotClass",
}
"""The kind that a field names, wherever it stands in an object."""
_BY_REFERENCE = {"issuerRef": "ClusterIssuer", "secretStoreRef": "ClusterSecretStore"}
"""The kind without a namespace that a reference names, if it says so."""
_OF_KUBERNETES = "system-"
"""Priority classes that every cluster has begin with it."""
DEFAULT_CLASS = ""
"""The name of the storage class that a claim takes when it names none."""


class Need(NamedTuple):
    """An object outside of the stack; for a storage class without a name, the default one."""

    kind: str
    name: str


def kinds_of(manifests: Collection[Manifest]) -> list[tuple[str, str]]:
    """Return the kinds of objects, by apiVersion and kind."""
    return sorted({(one["apiVersion"], one["kind"]) for one in manifests})


def needs(manifests: Collection[Manifest]) -> dict[Need, list[str]]:
    """Return what objects refer to and none of them is, each with the objects that refer to it."""
    made = {Need(one["kind"], one["metadata"]["name"]) for one in manifests}
    found: dict[Need, list[str]] = defaultdict(list)
    for one in manifests:
        for need in dict.fromkeys(_needed(one)):
            if need not in made and not need.name.startswith(_OF_KUBERNETES):
                found[need].append(f"{one['kind']} {place_of(one['metadata'])}")
    return dict(sorted(found.items()))


def problems(facts: ClusterFacts, manifests: Collection[Manifest]) -> list[Problem]:
    """Return everything that a stack needs and its cluster does not have; what the cluster does not say is left out."""
    return [*map(_lack, missing_kinds(facts, manifests)), *_missing_objects(facts, manifests)]


def missing_kinds(facts: ClusterFacts, manifests: Collection[Manifest]) -> list[tuple[str, str]]:
    """Return every kind that a stack has objects of and its cluster does not serve, by apiVersion and kind."""
    return [one for one in kinds_of(manifests) if facts.kinds is not None and one not in facts.kinds]


def _lack(served: tuple[str, str]) -> Problem:
    version, kind = served
    group = version.rpartition("/")[0]
    remedy = f"install {SOURCES.get(group, f'the CRDs of {group}')}"
    return Problem((), f"the cluster serves no {kind} of {version}", remedy)


def _missing_objects(facts: ClusterFacts, manifests: Collection[Manifest]) -> Iterator[Problem]:
    for need, users in needs(manifests).items():
        there = _there(facts, need.kind)
        if there is None or need.name in there:
            continue
        others = f" and {len(users) - 1} more" if users[1:] else ""
        called = f"{need.kind} {need.name}" if need.name else "default StorageClass"
        yield Problem((), f"the cluster has no {called}, which {users[0]}{others} needs", _remedy(need, there))


def _there(facts: ClusterFacts, kind: str) -> Collection[str] | None:
    """Return the names that a cluster has of a kind; None where it does not say."""
    if kind == "Namespace":
        return facts.namespaces
    if kind == "StorageClass" and facts.storage_classes is not None:
        default = any(one.default for one in facts.storage_classes.values())
        return [*facts.storage_classes, *([DEFAULT_CLASS] if default else [])]
    return (facts.names or {}).get(kind)


def _remedy(need: Need, there: Collection[str]) -> str:
    if need == Need("StorageClass", DEFAULT_CLASS):
        annotation = "storageclass.kubernetes.io/is-default-class=true"
        return f"`kubectl annotate storageclass NAME {annotation}` makes one the default; there: {_listed(there)}"
    if need.kind == "Namespace":
        return f"install what lives there, or `kubectl create namespace {need.name}`"
    near = nearest(need.name, there)
    return f"did you mean {near!r}?" if near else f"make it, or name one that is there: {_listed(there)}"


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(filter(None, names))) or "none"


def _needed(manifest: Manifest) -> Iterator[Need]:
    if "namespace" in manifest["metadata"]:
        yield Need("Namespace", manifest["metadata"]["namespace"])
    if _takes_default_class(manifest):
        yield Need("StorageClass", DEFAULT_CLASS)
    for key, value in _fields(manifest.get("spec")):
        yield from _named(key, value)


def _takes_default_class(manifest: Manifest) -> bool:
    """Return whether an object is, or makes, a claim that names no storage class."""
    spec = manifest.get("spec", {})
    claims = [one["spec"] for one in spec.get("volumeClaimTemplates", ())]
    if manifest["kind"] == "PersistentVolumeClaim":
        claims.append(spec)
    operated = manifest["kind"] == "Cluster" and "storageClass" not in spec.get("storage", {"storageClass": None})
    return operated or any("storageClassName" not in one for one in claims)


def _fields(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the fields of an object at whatever depth it has them."""
    if isinstance(value, Mapping):
        yield from value.items()
        value = list(value.values())
    if isinstance(value, list | tuple):
        for inner in value:
            yield from _fields(inner)


def _named(key: str, value: Any) -> Iterator[Need]:
    """Yield what a field names outside of the object."""
    if key in _BY_NAME and isinstance(value, str) and value:
        yield Need(_BY_NAME[key], value)
    elif key in _BY_REFERENCE and isinstance(value, Mapping) and value.get("kind") == _BY_REFERENCE[key]:
        yield Need(value["kind"], value["name"])
