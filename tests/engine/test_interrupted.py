"""An `up` that is stopped anywhere, by a person or by a crash, is finished by the next `quadrant up`."""

import re
import signal
import subprocess
import time
from contextlib import suppress

import psutil
import pytest

from tests.engine.conftest import Serve, say
from tests.engine.engine import POLICIES, STATE, Engine, Run, new_engine
from tests.engine.life import Life

pytestmark = pytest.mark.engine

SYSTEM, STACK = "ledgers", "ledgers-dev"
QUADRANT_UP = ("up", "--system", SYSTEM, "--stack", "dev")
PULUMI_UP = ("pulumi", "up", "--yes", "--skip-preview", "--stack", STACK, *POLICIES, "--non-interactive")
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
        told = _interrupted(life.engine, way, number, part * seconds[way])
        done = _finished(life.engine)
        where = f"turn {turn}: {way}, {number.name} after {part:.0%} of {seconds[way]:.1f} s"
        say(where)
        assert done.code == 0, f"{where}: the next `quadrant up` does not finish:\n{told[-2000:]}\n---\n{done.tail}"
        assert life.recorded() == life.standing(), f"{where}: record and cluster differ"
        assert life.claims() == claims, f"{where}: a claim was made anew, without its data"


def _finished(engine: Engine) -> Run:
    """Return how the next `quadrant up` ends; where it names a command first, that is run as a person would."""
    done = engine.quadrant(*QUADRANT_UP)
    if done.code != 0 and (named := re.search(r"`([^`]*pulumi cancel --stack [\w-]+)`", done.text)):
        engine.need("sh", "-c", f"{named[1]} --yes")
        done = engine.quadrant(*QUADRANT_UP)
    return done


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


def _interrupted(engine: Engine, way: str, number: signal.Signals, moment: float) -> str:
    """Return what a run printed until a signal ended it; a kill takes all of its processes, as a crash does."""
    log = engine.checkout.parent / f"interrupted-{STATE}.log"
    with log.open("w", encoding="utf-8") as output:
        run = subprocess.Popen(
            _command(engine, way), cwd=engine.checkout, env=engine.environment, stdin=subprocess.DEVNULL,
            stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
        with suppress(subprocess.TimeoutExpired):
            run.wait(moment)
        if number is signal.SIGKILL:
            for one in [*psutil.Process(run.pid).children(recursive=True), psutil.Process(run.pid)]:
                with suppress(psutil.NoSuchProcess):
                    one.kill()
        else:
            run.send_signal(number)
        run.wait(300)
    return log.read_text("utf-8")
