"""An `up` that is stopped anywhere, by a person or by a crash, is finished by the next `quadrant up`."""

import signal
import time

import pytest

from tests.engine.conftest import Serve, say
from tests.engine.engine import POLICIES, Engine, new_engine
from tests.engine.interruption import after, finished, interrupted
from tests.engine.life import Life

pytestmark = pytest.mark.engine

SYSTEM, STACK = "ledgers", "ledgers-dev"
QUADRANT_UP = ("up", "--system", SYSTEM, "--stack", "dev")
PULUMI_UP = ("pulumi", "up", "--yes", "--skip-preview", "--stack", STACK, *POLICIES, "--non-interactive")
ON = "interrupted; `quadrant up` with the same options goes on from here\n"
# Thrown once: the part of a run after which each signal comes.
MOMENTS = (
    ("quadrant", signal.SIGINT, 0.71), ("quadrant", signal.SIGKILL, 0.55), ("pulumi", signal.SIGINT, 0.86),
    ("pulumi", signal.SIGKILL, 0.92), ("quadrant", signal.SIGINT, 0.38), ("quadrant", signal.SIGKILL, 0.79),
    ("pulumi", signal.SIGINT, 0.64), ("pulumi", signal.SIGKILL, 0.74), ("quadrant", signal.SIGINT, 0.12),
    ("pulumi", signal.SIGKILL, 0.47),
)  # fmt: skip


@pytest.fixture(scope="module")
def life(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Life:
    """A small system, not applied yet."""
    server, engine = serve("interrupted"), new_engine(tmp_path_factory.mktemp("interrupted"))
    return Life.of_ledgers(engine, server, "dev")


def test_ten_interrupted_runs_leave_nothing_behind(life: Life, in_foreground: None) -> None:
    seconds, claims = _seconds(life), life.claims()
    for turn, (way, number, part) in enumerate(MOMENTS):
        # Every turn creates, changes and deletes: a service has another name, and all workloads other requests.
        life.edit(f"api-{turn}", f"api-{turn + 1}")
        life.override("requests.services", str(20 + turn))
        told = interrupted(life.engine, _command(life.engine, way), number, after(part * seconds[way]))
        done = finished(life.engine, *QUADRANT_UP)
        where = f"turn {turn}: {way}, {number.name} after {part:.0%} of {seconds[way]:.1f} s"
        say(where)
        assert done.code == 0, f"{where}: the next `quadrant up` does not finish:\n{told.tail}\n---\n{done.tail}"
        if number is signal.SIGINT and told.text.startswith("cluster: "):
            # It has said its first line: before that, Python itself is starting.
            assert told.code in (0, 130), f"{where}: an interrupt is no error of ours:\n{told.tail}"
            assert told.code == 0 or told.text.endswith(ON), f"{where}: the end says how to go on:\n{told.tail}"
        assert life.recorded() == life.standing(), f"{where}: record and cluster differ"
        assert life.claims() == claims, f"{where}: a claim was made anew, without its data"


def _seconds(life: Life) -> dict[str, float]:
    """Return how long a whole run of each way takes here, once everything has been made."""
    life.engine.need(*_command(life.engine, "quadrant"))
    found = {}
    for requests, way in enumerate(("quadrant", "pulumi"), start=18):
        life.override("requests.services", str(requests))
        start = time.monotonic()
        life.engine.need(*_command(life.engine, way))
        found[way] = time.monotonic() - start
    return found


def _command(engine: Engine, way: str) -> tuple[str, ...]:
    return engine.quadrant_command(*QUADRANT_UP) if way == "quadrant" else PULUMI_UP
