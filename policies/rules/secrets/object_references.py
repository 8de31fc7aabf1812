"""References by name of pods and routes: Secrets, ConfigMaps, volume claims and accounts."""

from collections.abc import Iterator
from typing import NamedTuple

from quadrant_platform.policies.core import Finding, Node, Object, Severity, StackIndex, StackPolicy
from quadrant_platform.policies.core.objects import SECRET_VALUES
from quadrant_platform.policies.core.policy import CONSISTENCY
from quadrant_platform.policies.core.workload_pods import WorkloadPod
from quadrant_platform.vocabulary import GENERATED_KEYS_ANNOTATION

_TOKEN = "kubernetes.io/service-account-token"


class ObjectReference(NamedTuple):
    """A name that must be that of an object in the same namespace, and a key that it must have."""

    kind: str
    node: Node
    key: str = ""


def references_resolve(stack: StackIndex) -> Iterator[Finding]:
    """Check that every name leads to an object, and that no file of a repository holds a Secret."""
    for obj in stack.of_kind("Secret"):
        yield from _written(stack, obj)
    for pod in stack.declared_pods:
        for reference in _of_pod(pod):
            yield from _resolved(stack, pod.workload, reference)
    for obj in stack.of_kind("Ingress", "IngressRoute", "IngressRouteTCP"):
        for reference in _of_route(obj):
            yield from _resolved(stack, obj, reference)


def _written(stack: StackIndex, obj: Object) -> Iterator[Finding]:
    if obj.node.at("type").text() == _TOKEN:
        yield Finding("it holds an account's token that never expires", "token", obj)
    values = any(True for field in SECRET_VALUES for _ in obj.node.at(field).entries())
    if (
        values
        and not obj.annotations.at(GENERATED_KEYS_ANNOTATION).present()
        and obj.name not in stack.config.known_secrets
    ):
        yield Finding("its values are in the manifest", "hand-written", obj)


def _of_pod(pod: WorkloadPod) -> Iterator[ObjectReference]:
    for container in pod.containers:
        for node in container.env:
            yield from _keyed("Secret", node.at("valueFrom", "secretKeyRef"))
            yield from _keyed("ConfigMap", node.at("valueFrom", "configMapKeyRef"))
        for node in container.env_from:
            yield from _keyed("Secret", node.at("secretRef"))
            yield from _keyed("ConfigMap", node.at("configMapRef"))
    for volume in pod.volumes:
        yield from _of_volume(volume)
    for node in pod.spec.at("imagePullSecrets").items():
        yield ObjectReference("Secret", node.at("name"))
    yield ObjectReference("ServiceAccount", pod.spec.at("serviceAccountName"))


def _of_volume(volume: Node) -> Iterator[ObjectReference]:
    yield ObjectReference("PersistentVolumeClaim", volume.at("persistentVolumeClaim", "claimName"))
    yield from _keyed("Secret", volume.at("secret"), "secretName")
    yield from _keyed("ConfigMap", volume.at("configMap"))
    for source in volume.at("projected", "sources").items():
        yield from _keyed("Secret", source.at("secret"))
        yield from _keyed("ConfigMap", source.at("configMap"))


def _keyed(kind: str, node: Node, field: str = "name") -> Iterator[ObjectReference]:
    """Yield a reference with each key that it asks for; an optional one may lead nowhere."""
    if node.at("optional").flag():
        return
    keys = [item.at("key").text() for item in node.at("items").items()]
    for key in (*keys, node.at("key").text()) if keys else (node.at("key").text(),):
        yield ObjectReference(kind, node.at(field), key)


def _of_route(obj: Object) -> Iterator[ObjectReference]:
    tls = obj.node.at("spec", "tls")
    entries = tls.items() if obj.kind == "Ingress" else iter((tls,))
    yield from (ObjectReference("Secret", entry.at("secretName")) for entry in entries)


def _resolved(stack: StackIndex, obj: Object, reference: ObjectReference) -> Iterator[Finding]:
    kind, name = reference.kind, reference.node.text()
    listed = stack.config.known_secrets if kind == "Secret" else frozenset[str]()
    if not name or name in stack.config.known_references | listed or stack.is_made(kind, obj.namespace, name):
        return
    found = stack.by_name.get((kind, obj.namespace, name))
    if found is None and not _unseen(stack, kind, obj.namespace, name):
        source = "nothing makes the Secret" if kind == "Secret" else f"there is no {kind}"
        yield Finding(f"{reference.node.path}: {source} {name!r}", kind, obj)
    elif found is not None and kind == "ConfigMap" and reference.key:
        yield from _key(found, reference, obj)


def _unseen(stack: StackIndex, kind: str, namespace: str, name: str) -> bool:
    """Return whether an account may be in other manifests, or is the one of every namespace."""
    return kind == "ServiceAccount" and (name == "default" or not stack.is_complete(namespace, kind))


def _key(config: Object, reference: ObjectReference, obj: Object) -> Iterator[Finding]:
    keys = {key for field in ("data", "binaryData") for key, _ in config.node.at(field).entries()}
    if reference.key not in keys:
        yield Finding(f"{reference.node.path}: {config.identity} has no key {reference.key!r}", "key", obj)


POLICIES = (
    StackPolicy(
        name="secret-references-resolve", title="Every object that is referred to exists",
        severity=Severity.HIGH, tags=("CIS-5.4", "reliability"), group=CONSISTENCY, predicate=references_resolve,
        why="A pod whose Secret, ConfigMap, claim or account is missing never starts, and a "
        "committed Secret is no secret.",
        remedy="Correct the name; let an ExternalSecret or a Certificate make the Secret, or list in knownSecrets what "
        "is made elsewhere.",
    ),
)  # fmt: skip
