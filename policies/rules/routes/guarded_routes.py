"""Routes of every kind in one form: what they take, before which others, and whether something guards them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from quadrant_platform.policies.core import Node, Object, StackIndex
from quadrant_platform.policies.rules.routes.matchers import Syntax
from quadrant_platform.policies.rules.routes.route_middlewares import middleware_kinds
from quadrant_platform.policies.rules.routes.routers import entry_points
from quadrant_platform.policies.rules.routes.rule_syntax import Holds, PathTest, RuleSyntaxError, parsed
from quadrant_platform.policies.rules.routes.traefik_settings import default_syntax, syntax_of

_GUARDS = frozenset({"forwardAuth", "basicAuth", "digestAuth", "ipAllowList", "ipWhiteList"})
_NGINX_GUARDS = ("auth-url", "auth-type", "auth-tls-secret", "whitelist-source-range")
_TRAEFIK_CHAIN = "traefik.ingress.kubernetes.io/router.middlewares"


class Guard(Enum):
    """Whether a request is asked who sends it."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class GuardedRoute:
    """A route: where it is, what it takes, its rank, its guard and the Services behind."""

    obj: Object
    where: str
    entry: frozenset[str]
    hosts: frozenset[str]
    paths: tuple[PathTest, ...]
    holds: Holds
    priority: int
    guard: Guard
    services: frozenset[str]

    def __str__(self) -> str:
        """Name the object and the place in it."""
        return f"{self.obj.identity} ({self.where})"


def guarded_routes(stack: StackIndex) -> Iterator[GuardedRoute]:
    """Yield every route of the stack that can be read."""
    default = default_syntax(stack)
    for obj in stack.of_kind("IngressRoute"):
        for rule in obj.node.at("spec", "routes").items():
            yield from _of_router(stack, obj, rule, syntax_of(obj, rule, default))
    for obj in stack.of_kind("Ingress", "HTTPRoute"):
        for rule in obj.node.at("spec", "rules").items():
            yield from _of_ingress(obj, rule) if obj.kind == "Ingress" else _of_http_route(obj, rule)


def _of_router(stack: StackIndex, obj: Object, rule: Node, syntax: Syntax) -> Iterator[GuardedRoute]:
    match = rule.at("match").text()
    try:
        read = parsed(match, syntax=syntax)
    except RuleSyntaxError:
        return
    kinds, used = frozenset(middleware_kinds(stack, rule.at("middlewares"), obj.namespace)), rule.at("middlewares")
    unknown = "plugin" in kinds or not _all_known(stack, used, obj.namespace)
    yield GuardedRoute(
        obj, rule.path, entry_points(obj.node), frozenset(read.hosts), read.paths, read.holds,
        rule.at("priority").integer() or len(match),
        Guard.YES if kinds & _GUARDS else Guard.UNKNOWN if unknown else Guard.NO,
        frozenset(_named(node, obj.namespace) for node in rule.at("services").items()),
    )  # fmt: skip


def _all_known(stack: StackIndex, used: Node, home: str) -> bool:
    known = {f"{one.namespace}/{one.name}" for one in stack.of_kind("Middleware")}
    return all(_named(one, home) in known for one in used.items())


def _named(node: Node, home: str) -> str:
    return f"{node.at('namespace').text() or home}/{node.at('name').text()}"


def _of_ingress(obj: Object, rule: Node) -> Iterator[GuardedRoute]:
    host = rule.at("host").text()
    for path in rule.at("http", "paths").items():
        yield _of_ingress_path(obj, host, path)


def _of_ingress_path(obj: Object, host: str, path: Node) -> GuardedRoute:
    """Return a path of an Ingress; one of its controller's own kind is compared letter by letter."""
    text, kind = path.at("path").text() or "/", path.at("pathType").text()
    annotations = obj.annotations
    nginx = any(annotations.at(f"nginx.ingress.kubernetes.io/{one}").present() for one in _NGINX_GUARDS)
    chain = annotations.at(_TRAEFIK_CHAIN).present()
    tests = (PathTest(text, exact=True),) if kind == "Exact" else _below(text)
    if kind == "ImplementationSpecific":
        tests = (PathTest(text, exact=False),)
    return GuardedRoute(
        obj, path.path, frozenset({f"ingress {obj.node.at('spec', 'ingressClassName').text()}"}),
        frozenset({host} if host else ()), tests, _holds(frozenset({host} if host else ()), tests),
        2 * len(text) + (kind == "Exact"), Guard.YES if nginx else Guard.UNKNOWN if chain else Guard.NO,
        frozenset({f"{obj.namespace}/{path.at('backend', 'service', 'name').text()}"}),
    )  # fmt: skip


def _of_http_route(obj: Object, rule: Node) -> Iterator[GuardedRoute]:
    """Yield the matches of a rule; a filter that is an extension counts as a guard, as only its maker knows it."""
    hosts = frozenset(one.text() for one in obj.node.at("spec", "hostnames").items())
    entry = frozenset(_named(one, obj.namespace) for one in obj.node.at("spec", "parentRefs").items())
    guarded = any(one.at("type").text() == "ExtensionRef" for one in rule.at("filters").items())
    services = frozenset(_named(one, obj.namespace) for one in rule.at("backendRefs").items())
    for match in rule.at("matches").items():
        kind, text = match.at("path", "type").text() or "PathPrefix", match.at("path", "value").text() or "/"
        tests = (PathTest(text, exact=True),) if kind == "Exact" else _below(text)
        if kind == "RegularExpression":
            found = re.fullmatch(r"\^?(/[\w/-]*)(\.\*)?", text)
            tests = (PathTest(found[1], exact=not found[2]),) if found else ()
        yield GuardedRoute(
            obj, match.path, entry, hosts, tests, _holds(hosts, tests), 2 * len(text) + (kind == "Exact"),
            Guard.YES if guarded else Guard.NO, services,
        )  # fmt: skip


def _below(path: str) -> tuple[PathTest, ...]:
    """Return a prefix by whole segments."""
    bare = path.rstrip("/")
    return (PathTest(bare or "/", exact=bool(bare)), PathTest(f"{bare}/", exact=False))


def _holds(hosts: frozenset[str], tests: tuple[PathTest, ...]) -> Holds:
    def takes(host: str, path: str) -> bool:
        return (not hosts or host in hosts) and any(
            path == one.path or (not one.exact and path.startswith(one.path)) for one in tests
        )

    return takes
