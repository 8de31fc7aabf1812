"""Which of two routes serves a request that both take, stated for every path.

By Traefik's own measure, the length of the rule's text, a long host outweighs a path.
"""

from collections.abc import Iterator
from typing import NamedTuple

from quadrant_platform.model.schema.exposure import Route

WILDCARD_HOST = 100_000
EXACT_HOST = 200_000
SEGMENT = 100
EXACT_PATH = 50


class RankedPath(NamedTuple):
    """A path that a route takes, alone or with all below it, and its rank: the higher one serves."""

    path: str
    exact: bool
    priority: int

    def meets(self, other: "RankedPath") -> bool:
        """Whether both take some path."""
        return self.takes(other.path) or other.takes(self.path)

    def takes(self, path: str) -> bool:
        """Whether it takes a path; a prefix ends where a segment does."""
        below = not self.exact and f"{path}/".startswith(f"{self.path.rstrip('/')}/")
        return path == self.path or below


def ranked_paths(route: Route) -> Iterator[RankedPath]:
    """Yield the paths of a route: one host goes before many, then more segments, then exactness, then more headers."""
    base = len(route.headers) + (WILDCARD_HOST if route.host.startswith("*.") else EXACT_HOST)
    prefixes = route.prefixes if route.exact_paths or route.prefixes else ("/",)
    for exact, paths in ((True, route.exact_paths), (False, prefixes)):
        for path in paths:
            derived = base + SEGMENT * len([one for one in path.split("/") if one]) + EXACT_PATH * exact
            yield RankedPath(path, exact, derived if route.priority is None else route.priority)
