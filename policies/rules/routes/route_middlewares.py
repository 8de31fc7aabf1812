"""The middlewares of public routes: rate limits and redirects."""

from collections.abc import Iterator
from dataclasses import dataclass

from quadrant_platform.policies.core import Finding, Level, Node, Object, Severity, StackIndex, StackPolicy
from quadrant_platform.policies.core.policy import ADVICE, SURFACE
from quadrant_platform.policies.rules.routes.routers import entry_points

_LISTS = frozenset({"ipAllowList", "ipWhiteList"})
_ALL_ADDRESSES = frozenset({"0.0.0.0/0", "::/0"})


@dataclass(frozen=True)
class _Route:
    """A rule of a router with the kinds of middleware before it."""

    router: Object
    node: Node
    middlewares: frozenset[str]

    def __str__(self) -> str:
        return f"the route {self.node.at('match').text()!r} ({self.node.path})"


def middleware_kinds(
    stack: StackIndex, references: Node, home: str, seen: frozenset[str] = frozenset()
) -> Iterator[str]:
    """Yield the kinds of middleware that some references lead to; chains count, lists of all addresses do not."""
    for reference in references.items():
        namespace = reference.at("namespace").text() or home
        key = f"{namespace}/{reference.at('name').text()}"
        for middleware in stack.of_kind("Middleware"):
            if f"{middleware.namespace}/{middleware.name}" == key and key not in seen:
                spec = middleware.node.at("spec")
                yield from (field for field, node in spec.entries() if not _admits_all(field, node))
                yield from middleware_kinds(stack, spec.at("chain", "middlewares"), namespace, seen | {key})


def _admits_all(field: str, node: Node) -> bool:
    return field in _LISTS and any(one.text() in _ALL_ADDRESSES for one in node.at("sourceRange").items())


def _routes(stack: StackIndex, *, secure: bool) -> Iterator[_Route]:
    """Yield the public routes: those on the secure entry point, or those on others."""
    for router in stack.of_kind("IngressRoute"):
        public = entry_points(router.node) - stack.config.internal_entry_points
        if not public or bool(public & stack.config.secure_entry_points) is not secure:
            continue
        for node in router.node.at("spec", "routes").items():
            kinds = frozenset(middleware_kinds(stack, node.at("middlewares"), router.namespace))
            yield _Route(router, node, kinds)


def rate_limited(stack: StackIndex) -> Iterator[Finding]:
    """Check that every public route has a rate limit, or answers to named addresses only."""
    for route in _routes(stack, secure=True):
        if not route.middlewares & {"rateLimit", *_LISTS}:
            yield Finding(f"{route} has no rateLimit", obj=route.router)


def plain_routes_redirect(stack: StackIndex) -> Iterator[Finding]:
    """Check that a route without TLS only redirects to one with it."""
    for route in _routes(stack, secure=False):
        if not route.middlewares & {"redirectScheme", "redirectRegex"}:
            yield Finding(f"{route} answers without TLS", obj=route.router)


POLICIES = (
    StackPolicy(
        name="rate-limited-routers", title="Every public route has a rate limit", level=Level.ADVISORY,
        severity=Severity.MEDIUM, tags=("availability",), group=ADVICE, predicate=rate_limited,
        why="Without it one client takes the capacity of all.",
        remedy="Refer to a Middleware with rateLimit, or to an ipAllowList, directly or through a chain.",
    ),
    StackPolicy(
        name="plain-routers-redirect", title="Port 80 only redirects",
        severity=Severity.HIGH, tags=("NSA-3",), group=SURFACE, predicate=plain_routes_redirect,
        why="A route that answers without TLS shows sessions to everyone on the way.",
        remedy="Redirect on the entry point, or refer to a Middleware with redirectScheme.",
    ),
)  # fmt: skip
