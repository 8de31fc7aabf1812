"""Paths beside guarded ones: what one route guards, no other route serves without a guard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from quadrant_platform.policies.core import Finding, Severity, StackIndex, StackPolicy
from quadrant_platform.policies.core.policy import SURFACE
from quadrant_platform.policies.rules.routes.guarded_routes import Guard, GuardedRoute, guarded_routes

_ANY_HOST = "any.host.example"


class _Request(NamedTuple):
    """A request, and the routes that take it, the one that serves it first."""

    host: str
    path: str
    taken: list[GuardedRoute]

    @property
    def guards(self) -> list[GuardedRoute]:
        """Return the guarded routes that take it and do not serve it, where one without a guard does."""
        served = [] if not self.taken or self.taken[0].guard is not Guard.NO else self.taken
        return [one for one in served if one.guard is Guard.YES and one.entry & served[0].entry]


def loose_paths(stack: StackIndex) -> Iterator[Finding]:
    """Check that no path that a route guards is served by another route without a guard."""
    routes = list(guarded_routes(stack))
    guarded = [one for one in routes if one.guard is Guard.YES]
    told = set[tuple[str, str, str]]()
    for route in routes if guarded else ():
        for found, check, text in (*_loose(routes, route), *_beside(routes, route), *_outranked(routes, route)):
            key = (found.obj.identity, found.where, check)
            if key not in told:
                told.add(key)
                yield Finding(f"{found.where}: {text}", check, found.obj)


def _loose(routes: Sequence[GuardedRoute], route: GuardedRoute) -> Iterator[tuple[GuardedRoute, str, str]]:
    """Yield what a prefix without a slash at its end takes from a guarded route."""
    prefixes = [one.path for one in route.paths if not one.exact and not one.path.endswith("/")]
    for prefix in prefixes if route.guard is Guard.NO else ():
        for request in _requests(routes, route, f"{prefix}-other"):
            for guard in request.guards if request.taken[0] is route else ():
                text = f"a request of {request.host} for {prefix}-other is served without the guard of {guard}"
                yield route, "loose", text


def _beside(routes: Sequence[GuardedRoute], route: GuardedRoute) -> Iterator[tuple[GuardedRoute, str, str]]:
    """Yield the path of a guarded route with a slash more or less, where that leads to the same Service."""
    slashed = {f"{one.path}/" if one.exact else one.path.rstrip("/") for one in route.paths} - {""}
    for path in sorted(slashed) if route.guard is Guard.YES else ():
        for request, served in _without_guard(routes, route, path):
            declared = any(one.path.rstrip("/") == path.rstrip("/") for one in served.paths)
            if served.services & route.services and not declared and route not in request.taken:
                text = f"a request of {request.host} for {path} is served without a guard by {served}"
                yield route, "beside", text


def _outranked(routes: Sequence[GuardedRoute], route: GuardedRoute) -> Iterator[tuple[GuardedRoute, str, str]]:
    """Yield routes of shorter paths that go before a guarded route."""
    prefixes = {one.path for one in route.paths if not one.exact}
    for prefix in sorted(prefixes) if route.guard is Guard.YES else ():
        for request, served in _without_guard(routes, route, f"{prefix.rstrip('/')}/other"):
            if route in request.guards and all(len(one.path) < len(prefix) for one in served.paths):
                text = f"a request of {request.host} for {request.path} is served without the guard of {route}"
                yield served, "priority", text


def _without_guard(
    routes: Sequence[GuardedRoute], route: GuardedRoute, path: str
) -> Iterator[tuple[_Request, GuardedRoute]]:
    """Yield the requests for a path that a route without a guard serves, and that route."""
    for request in _requests(routes, route, path):
        if request.taken and request.taken[0].guard is Guard.NO:
            yield request, request.taken[0]


def _requests(routes: Sequence[GuardedRoute], route: GuardedRoute, path: str) -> Iterator[_Request]:
    """Yield the requests for a path of each host of a route."""
    for host in sorted(route.hosts or {host for one in routes for host in one.hosts}) or (_ANY_HOST,):
        taken = [one for one in routes if one.holds(host, path) and one.entry & route.entry]
        yield _Request(host, path, sorted(taken, key=lambda one: -one.priority))


POLICIES = (
    StackPolicy(
        name="guarded-paths", title="No route without a guard takes what another one guards",
        severity=Severity.CRITICAL, tags=("OWASP-A01",), group=SURFACE, predicate=loose_paths,
        why="A prefix takes every path that begins with its letters: one for /api/auth that asks for no token also "
        "opens /api/authors.",
        remedy="Write (Path(`/x`) || PathPrefix(`/x/`)) for a prefix, take both for a guarded path, and give the "
        "guarded route the higher priority.",
    ),
)  # fmt: skip
