"""The engine and the clusters that these tests need."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.engine import api_server
from tests.engine.api_server import ApiServer
from tests.engine.engine import Engine, new_engine, problem

Serve = Callable[[str], ApiServer]


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Clusters by name, each started on first use and shared by the tests of a run."""
    if reason := problem():
        pytest.skip(f"needs pulumi: {reason}")
    if found := api_server.problems():
        pytest.skip("needs lab: " + "; ".join(map(str, found)))
    running: dict[str, ApiServer] = {}
    with ExitStack() as ended:

        def served(name: str) -> ApiServer:
            if name not in running:
                running[name] = ended.enter_context(api_server.serving(tmp_path_factory.mktemp(name), say))
            return running[name]

        yield served


@pytest.fixture
def engine(serve: Serve, tmp_path: Path) -> Engine:
    """A user with a new checkout and an empty backend."""
    return new_engine(tmp_path)


def say(line: str) -> None:
    """Show what is built or waited for, unless it is captured."""
    print(line, flush=True)
