"""References among Traefik's objects: each leads to an object, in its own namespace, and none back to its start."""

from collections.abc import Iterator
from typing import NamedTuple

from quadrant_platform.policies.core import Finding, Node, Object, Severity, StackIndex, StackPolicy
from quadrant_platform.policies.core.absence import TRAEFIK, is_missing
from quadrant_platform.policies.core.policy import CONSISTENCY
from quadrant_platform.policies.rules.routes.traefik_references import ANNOTATIONS, Used, backends, used_by
from quadrant_platform.policies.rules.routes.traefik_settings import TRAEFIK_2_GROUP, crosses_namespaces

_GROUPS = frozenset({TRAEFIK, TRAEFIK_2_GROUP})
_PROVIDER = "@kubernetescrd"
_DEFAULTS = frozenset({("TLSOption", "default"), ("TLSStore", "default")})
"""What Traefik has under this name by itself."""
_LINKED = frozenset({"Middleware", "TraefikService"})
"""Kinds whose objects name others of their own kind."""


class _Rules(NamedTuple):
    """What of a stack decides about references."""

    stack: StackIndex
    crossing: bool


def references_of_routes(stack: StackIndex) -> Iterator[Finding]:
    """Check that what Traefik's objects name exists, where Traefik looks for it, and does not lead back."""
    rules = _Rules(stack, crosses_namespaces(stack))
    ours = [obj for obj in stack.objects if obj.group in _GROUPS or obj.kind == "HTTPRoute"]
    for obj in ours:
        for one in used_by(obj):
            yield from _judged(rules, obj, one)
        yield from _strange_backends(rules, obj)
    yield from _circles([obj for obj in ours if obj.kind in _LINKED])
    for obj in stack.of_kind(*ANNOTATIONS):
        yield from _annotations(stack, obj)


def _judged(rules: _Rules, obj: Object, used: Used) -> Iterator[Finding]:
    if "@" in used.name:
        if used.name.endswith(_PROVIDER) and not rules.crossing:
            text = f"{used.node.path}: Traefik takes {used.name!r} only where namespaces may be crossed; write its name"
            yield Finding(text, "provider", obj)
    elif used.namespace != obj.namespace and not rules.crossing:
        yield _elsewhere(obj, used.node, used.kind, used.namespace, used.name)
    elif (used.kind, used.name) not in _DEFAULTS:
        yield from _absent(rules.stack, obj, used)


def _absent(stack: StackIndex, obj: Object, used: Used) -> Iterator[Finding]:
    group = obj.group if obj.group in _GROUPS else TRAEFIK
    if is_missing(stack, f"{used.kind}.{group}", used.namespace, used.name):
        text = f"{used.node.path}: there is no {used.kind} {used.namespace}/{used.name}"
        others = {one.namespace for one in stack.of_kind(used.kind) if one.name == used.name}
        yield Finding(f"{text}, but one in {min(others)}" if others else text, "missing", obj)


def _elsewhere(obj: Object, node: Node, kind: str, namespace: str, name: str) -> Finding:
    where = f"{node.path}: {kind} {namespace}/{name} is in another namespace"
    return Finding(f"{where}, which Traefik reads only with allowCrossNamespace", "elsewhere", obj)


def _strange_backends(rules: _Rules, obj: Object) -> Iterator[Finding]:
    """Yield Services of other namespaces; a TraefikService is judged by its own name."""
    for node in backends(obj) if obj.group in _GROUPS and not rules.crossing else ():
        namespace, kind = node.at("namespace").text() or obj.namespace, node.at("kind").text() or "Service"
        if kind == "Service" and namespace != obj.namespace:
            yield _elsewhere(obj, node, kind, namespace, node.at("name").text())


def _circles(objects: list[Object]) -> Iterator[Finding]:
    """Yield each object that leads back to itself."""
    links = {
        (obj.kind, obj.namespace, obj.name): {(one.kind, one.namespace, one.name) for one in used_by(obj)}
        for obj in objects
    }
    for obj in objects:
        start = (obj.kind, obj.namespace, obj.name)
        seen, ahead = set[tuple[str, str, str]](), [start]
        while ahead:
            found = links.get(ahead.pop(), set()) - seen
            seen |= found
            ahead += found
        if start in seen:
            yield Finding("it leads back to itself, so that Traefik serves none of its routes", "circle", obj)


def _annotations(stack: StackIndex, obj: Object) -> Iterator[Finding]:
    for key, kind in ANNOTATIONS[obj.kind].items():
        for name in obj.annotations.at(key).text().split(","):
            yield from _annotated(stack, obj, f"metadata.annotations.{key}", kind, name.strip())


def _annotated(stack: StackIndex, obj: Object, path: str, kind: str, name: str) -> Iterator[Finding]:
    """Yield a name in an annotation that leads nowhere; which part of it is the namespace is not said in it."""
    if name and "@" not in name:
        text = f"{path}: {name!r} names no provider, write {obj.namespace}-{name}{_PROVIDER}"
        yield Finding(text, "provider", obj)
    elif name.endswith(_PROVIDER):
        text = name.removesuffix(_PROVIDER)
        known = {f"{one.namespace}-{one.name}" for one in stack.of_kind(kind)}
        own = text.removeprefix(f"{obj.namespace}-")
        if own != text and text not in known and is_missing(stack, f"{kind}.{TRAEFIK}", obj.namespace, own):
            yield Finding(f"{path}: there is no {kind} {obj.namespace}/{own}", "missing", obj)


POLICIES = (
    StackPolicy(
        name="route-references", title="Routes name middlewares, options and services that exist",
        severity=Severity.HIGH, tags=("reliability",), group=CONSISTENCY, predicate=references_of_routes,
        why="Traefik drops a route with a middleware, option, transport or service that it does not find, and tells "
        "only its log; it looks in the route's own namespace unless allowCrossNamespace is set.",
        remedy="Correct the name, put the object into the route's namespace, or set crossNamespaceRoutes where Traefik "
        "runs with allowCrossNamespace.",
    ),
)  # fmt: skip
