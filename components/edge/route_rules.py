"""Rules of routes: which requests a public router takes, and before which others.

A prefix ends at a slash: `/api/auth` takes itself and what is below it, never `/api/authors`.
"""

import re
from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from quadrant_platform.model.expansion.route_ranks import RankedPath, ranked_paths
from quadrant_platform.model.schema.exposure import Route

FIRST = 1_000_000
"""Before every route of a system."""
ONLY = 1
"""Of a router that shares its entry point with no other."""


class RouteRule(NamedTuple):
    """What Traefik matches, and the rank of the match."""

    priority: int
    match: str


def rules(route: Route) -> list[RouteRule]:
    """Return a route's rules, one for each rank that its paths have."""
    paths = sorted(ranked_paths(route), key=lambda one: -one.priority)
    return [RouteRule(rank, _match(route, alike)) for rank, alike in groupby(paths, key=lambda one: one.priority)]


def host_rule(host: str) -> str:
    """Return the rule of a host; a leading "*." matches any one label."""
    if host.startswith("*."):
        return f"HostRegexp(`^[^.]+{re.escape(host[1:])}$`)"
    return f"Host(`{host}`)"


def _match(route: Route, paths: Iterable[RankedPath]) -> str:
    """Return the rule: host, then path, then headers."""
    parts = [host_rule(route.host)]
    if route.exact_paths or route.prefixes:
        path = " || ".join(_path_rule(one) for one in paths)
        parts.append(f"({path})" if " || " in path else path)
    parts.extend(f"Header(`{key}`, `{value}`)" for key, value in route.headers.items())
    return " && ".join(parts)


def _path_rule(one: RankedPath) -> str:
    if one.exact:
        return f"Path(`{one.path}`)"
    return f"Path(`{one.path}`) || PathPrefix(`{one.path}/`)" if one.path != "/" else "PathPrefix(`/`)"
