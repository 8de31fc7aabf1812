"""The routes of a rendered stack: as Traefik's file provider takes them, and which one a path is for by its words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from tests.demands.gateway import routers, static
from tests.oracles.traefik.server import POINT
from tests.stacks import Manifest, planned


class Declared(NamedTuple):
    """A path of a route, as its author wrote it."""

    route: str
    words: tuple[str, ...]
    exact: bool


def as_file(system: str, stage: str) -> dict[str, Any]:
    """Return the rules of a stack as routers of the file provider."""
    return {
        name: {"rule": rule["match"], "priority": rule["priority"], "entryPoints": [POINT]}
        for name, rule in routers(system, stage).items()
    }


def entry_point(system: str, stage: str) -> Manifest:
    """Return the encrypted entry point of a stack."""
    found: Manifest = static(system, stage)["entryPoints"][POINT]
    return found


def declared(system: str, stage: str, host: str) -> Iterator[Declared]:
    """Yield the paths of the routes of a host, from the system's own file."""
    for name, route in planned(system, stage).system.edge.routes.items():
        if route.host == host and stage in route.stages:
            exact = [route.path] if route.path else [*route.paths]
            yield from (Declared(name, _words(path), True) for path in exact)
            prefixes = route.prefixes if exact or route.prefixes else ("/",)
            yield from (Declared(name, _words(path), False) for path in prefixes)


def meant(paths: Sequence[Declared], words: Sequence[str], path: str) -> str | None:
    """Return the route that a path of these words is for: the longest declared path that begins it, word by word.

    A slash at the end makes another path, which an exact one does not take.
    """
    words = [*words, ""] if words and path.partition("?")[0].endswith("/") else words
    held = [one for one in paths if one.words == tuple(words[: len(one.words)])]
    fitting = [one for one in held if not one.exact or len(one.words) == len(words)]
    best = max(fitting, key=lambda one: (len(one.words), one.exact), default=None)
    return best.route if best else None


def _words(path: str) -> tuple[str, ...]:
    return tuple(one for one in path.split("/") if one)
