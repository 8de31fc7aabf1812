"""Requests in every spelling of a path are served by the route that the path's words are for, or refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from hypothesis import example, given, settings

from tests.oracles.traefik.routes import Declared, as_file, declared, entry_point, meant
from tests.oracles.traefik.server import Server, program, running
from tests.oracles.traefik.spelled_paths import segments, spelled

pytestmark = pytest.mark.oracle

HOSTS = {
    "motovault": "admin.motovaultpro.com",
    "pinky-promise": "pinky-promise.example.com",
    "agents": "agents.example.com",
}
WORDS = ("api", "auth", "health", "promises", "static", "learning", "maintenance", "assets")


class Stack(NamedTuple):
    """A running entry, its host, and what its routes are for."""

    server: Server
    host: str
    paths: tuple[Declared, ...]


@pytest.fixture(scope="module", params=HOSTS)
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Yield the entry of a system in prod."""
    if not program().exists():
        pytest.skip("needs lab: its Traefik is not built, run `make up` or `python -m quadrant_platform.lab build`")
    name: str = request.param
    folder, host = tmp_path_factory.mktemp(name), HOSTS[name]
    with running(folder, entry_point(name, "prod"), as_file(name, "prod")) as server:
        yield Stack(server, host, tuple(declared(name, "prod", host)))


@given(path=spelled(WORDS))
@example(path="/api/authors/7")
@example(path="/api/auth/%2e%2e/users")
@example(path="/api/auth/../users")
@example(path="/api/auth%2f..%2fusers")
@example(path="/api/auth/..%5cusers")
@example(path="/api/auth/..\\..\\users")
@example(path="/api//auth/../../api/users")
@example(path="/api/%61uth/callback")
@settings(max_examples=150)
def test_a_path_is_served_by_the_route_of_its_words_or_refused(stack: Stack, path: str) -> None:
    found = stack.server.ask(stack.host, path)
    assert found.status in (200, 400, 404), f"{path!r} is served or refused"
    if found.status == 200:
        assert found.path, "the backend tells what arrived"
        arrived = segments(found.path)
        written = (segments(path), segments(path, decoded_first=False))
        assert arrived in written, f"{path!r} arrives with the words that the client wrote"
        assert found.served == meant(stack.paths, arrived, found.path), f"{path!r} goes to the route of its words"
