"""References by name of pods and routes: Secrets, ConfigMaps, volume claims and accounts."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from quadrant_platform.policies.core import Finding, Node, Object, Severity, StackIndex, StackPolicy
from quadrant_platform.policies.core.absence import is_missing
from quadrant_platform.policies.core.made_objects import nodes_at
from quadrant_platform.policies.core.objects import SECRET_VALUES
from quadrant_platform.policies.core.policy import CONSISTENCY
from quadrant_platform.policies.core.workload_pods import WorkloadPod
from quadrant_platform.policies.rules.secrets.secret_keys import secret_keys
from quadrant_platform.policies.rules.secrets.secret_makers import Name
from quadrant_platform.vocabulary import GENERATED_KEYS_ANNOTATION

Known = Mapping[Name, frozenset[str]]
_TLS = ("tls secretName",)
_OF_ROUTES: Mapping[str, tuple[str, ...]] = {
    "Ingress": _TLS, "IngressRoute": _TLS, "IngressRouteTCP": _TLS,
    "Middleware": ("basicAuth secret", "digestAuth secret", "forwardAuth tls caSecret", "forwardAuth tls certSecret"),
    "ServersTransport": ("rootCAsSecrets", "certificatesSecrets"), "TLSOption": ("clientAuth secretNames",),
    "TLSStore": ("defaultCertificate secretName", "certificates secretName"),
}  # fmt: skip
"""By kind: where the specification of a route, or of what it uses, names Secrets; a place goes through lists."""
_TOKEN = "kubernetes.io/service-account-token"


class ObjectReference(NamedTuple):
    """A name that must be that of an object in the same namespace, and a key that it must have."""

    kind: str
    node: Node
    key: str = ""


def references_resolve(stack: StackIndex) -> Iterator[Finding]:
    """Check that every name leads to an object, and that no file of a repository holds a Secret."""
    secrets = secret_keys(stack)
    for obj in stack.of_kind("Secret"):
        yield from _written(stack, obj)
    for pod in stack.declared_pods:
        for reference in _of_pod(pod):
            yield from _resolved(stack, secrets, pod.workload, reference)
    for obj in stack.of_kind(*_OF_ROUTES):
        for reference in _of_route(obj):
            yield from _resolved(stack, secrets, obj, reference)


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
    for place in _OF_ROUTES[obj.kind]:
        yield from (ObjectReference("Secret", node) for node in nodes_at(obj.node.at("spec"), tuple(place.split())))


def _resolved(stack: StackIndex, secrets: Known, obj: Object, reference: ObjectReference) -> Iterator[Finding]:
    kind, name = reference.kind, reference.node.text()
    if is_missing(stack, kind, obj.namespace, name):
        source = "nothing makes the Secret" if kind == "Secret" else f"there is no {kind}"
        yield Finding(f"{reference.node.path}: {source} {name!r}", kind, obj)
    elif reference.key:
        yield from _key(stack, secrets, reference, obj)


def _key(stack: StackIndex, secrets: Known, reference: ObjectReference, obj: Object) -> Iterator[Finding]:
    """Yield a key that is not among those which the object will have, where they are known."""
    kind, name = reference.kind, reference.node.text()
    keys = secrets.get((obj.namespace, name))
    if kind == "ConfigMap":
        config = stack.by_name.get((kind, obj.namespace, name))
        fields = [config.node.at(field) for field in ("data", "binaryData")] if config else []
        keys = frozenset(key for node in fields for key, _ in node.entries()) if config else None
    if keys is not None and reference.key not in keys:
        yield Finding(f"{reference.node.path}: {kind} {obj.namespace}/{name} has no key {reference.key!r}", "key", obj)


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
