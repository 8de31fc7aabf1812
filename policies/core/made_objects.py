"""What the operators and controllers of a stack make, as far as their resources tell."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from quadrant_platform.policies.core.access import Node
from quadrant_platform.policies.core.makers import MAKERS, Maker, Path
from quadrant_platform.policies.core.objects import Object
from quadrant_platform.policies.core.workload_pods import pod_of
from quadrant_platform.reachability import Selector

_ORDINAL = re.compile(r"\d+\Z")
_NUMBERED = "#"
"""Stands for any number at the end of a name."""
_ISSUER_ANNOTATIONS = ("cert-manager.io/cluster-issuer", "cert-manager.io/issuer", "kubernetes.io/tls-acme")
_SECRET_OPTION = re.compile(r"--secret-name=(?P<name>[a-z0-9.-]+)\Z")
"""The option of programs that make a webhook's certificate."""


class MadePods(NamedTuple):
    """Pods that an operator makes, by the labels that are known of them."""

    namespace: str
    labels: Mapping[str, str]

    def may_match(self, selector: Selector) -> bool:
        """Return whether a selector names a known label and contradicts none: operators set further ones."""
        items = frozenset(item for item in selector.items if item[0] in self.labels)
        requirements = frozenset(one for one in selector.requirements if one.key in self.labels)
        known = Selector(items, requirements)
        return (any(known) or not any(selector)) and known.matches(self.labels)


class Made(NamedTuple):
    """What one resource becomes; objects by kind, namespace and name, where an empty namespace is any."""

    pods: tuple[MadePods, ...]
    objects: frozenset[tuple[str, str, str]]


def keys_of(kind: str, namespace: str, name: str) -> set[tuple[str, str, str]]:
    """Return the keys under which an object may be among those that are made."""
    numbered = _ORDINAL.sub(_NUMBERED, name)
    return {(kind, place, text) for place in (namespace, "") for text in (name, numbered)}


def made_of(obj: Object) -> Made | None:
    """Return what is made of an object; nothing where it makes no others."""
    maker = MAKERS.get((obj.group, obj.kind), Maker())
    named = [*_named(obj, maker), *_OF_KINDS.get((obj.group, obj.kind), _of_workload)(obj)]
    found = frozenset((kind, obj.namespace, name) for kind, name in named if name)
    pods = tuple(MadePods(obj.namespace, labels) for labels in _pod_labels(obj, maker))
    return Made(pods, found) if pods or found else None


def _named(obj: Object, maker: Maker) -> Iterator[tuple[str, str]]:
    templates = {
        "Service": maker.services, "Secret": maker.secrets, "ServiceAccount": maker.accounts,
        "PersistentVolumeClaim": maker.claims,
    }  # fmt: skip
    for kind, names in templates.items():
        yield from ((kind, name.format(name=obj.name)) for name in names)
    for path in maker.named:
        yield from (("Secret", text) for text in _texts(obj.node, path))


def _pod_labels(obj: Object, maker: Maker) -> Iterator[Mapping[str, str]]:
    copied = (node.texts() for path in maker.labelled for node in nodes_at(obj.node, path))
    given = {key: value for texts in copied for key, value in texts.items()}
    for labels in maker.pods:
        yield {key: value.format(name=obj.name) for key, value in labels.items()} | given


def _of_external_secret(obj: Object) -> Iterator[tuple[str, str]]:
    yield "Secret", obj.node.at("spec", "target", "name").text() or obj.name


def _of_ingress(obj: Object) -> Iterator[tuple[str, str]]:
    """Yield the certificates that cert-manager makes for an Ingress with its annotation."""
    if any(obj.annotations.at(name).present() for name in _ISSUER_ANNOTATIONS):
        yield from (("Secret", text) for text in _texts(obj.node, ("spec", "tls", "secretName")))


def _of_zalando(obj: Object) -> Iterator[tuple[str, str]]:
    for user, _ in obj.node.at("spec", "users").entries():
        yield "Secret", f"{user.replace('_', '-')}.{obj.name}.credentials.postgresql.acid.zalan.do"


def _of_crunchy(obj: Object) -> Iterator[tuple[str, str]]:
    yield from (("Secret", f"{obj.name}-pguser-{user}") for user in _texts(obj.node, ("spec", "users", "name")))


def _of_bundle(obj: Object) -> Iterator[tuple[str, str]]:
    yield "ConfigMap", obj.name


def _of_role(obj: Object) -> Iterator[tuple[str, str]]:
    """Yield the Secrets that a Role names beside the right to create some: a program of its holder makes them."""
    rules = [rule for rule in obj.node.at("rules").items() if "secrets" in _words(rule.at("resources"))]
    if any("create" in _words(rule.at("verbs")) for rule in rules):
        yield from (("Secret", name) for rule in rules for name in _words(rule.at("resourceNames")))


def _words(node: Node) -> list[str]:
    return [item.text() for item in node.items()]


def _of_workload(obj: Object) -> Iterator[tuple[str, str]]:
    """Yield the claims that a StatefulSet makes, and the certificates that programs make for their webhooks."""
    if pod := pod_of(obj):
        yield from (("PersistentVolumeClaim", f"{name}-{obj.name}-{_NUMBERED}") for name in pod.claim_templates)
        words = (word.text() for container in pod.containers for word in container.node.at("args").items())
        yield from (("Secret", found["name"]) for word in words if (found := _SECRET_OPTION.match(word)))


_OF_KINDS: Mapping[tuple[str, str], Callable[[Object], Iterator[tuple[str, str]]]] = {
    ("external-secrets.io", "ExternalSecret"): _of_external_secret,
    ("networking.k8s.io", "Ingress"): _of_ingress,
    ("rbac.authorization.k8s.io", "Role"): _of_role,
    ("acid.zalan.do", "postgresql"): _of_zalando,
    ("postgres-operator.crunchydata.com", "PostgresCluster"): _of_crunchy,
    ("trust.cert-manager.io", "Bundle"): _of_bundle,
}
"""What the objects of some kinds make in ways of their own, by group and kind."""


def _texts(node: Node, path: Path) -> Iterator[str]:
    return (found.text() for found in nodes_at(node, path))


def nodes_at(node: Node, path: Path) -> Iterator[Node]:
    """Yield the nodes at a path that goes through every element of a list."""
    if isinstance(node.value, list):
        for item in node.items():
            yield from nodes_at(item, path)
    elif not path:
        yield node
    else:
        yield from nodes_at(node.at(path[0]), path[1:])
