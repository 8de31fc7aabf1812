"""A run that a signal ends: from a person, or as a crash does."""

import re
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress

import psutil

from tests.engine.engine import Engine, Run

CREATED = re.compile(r" created \(")
"""In the line of each object that the engine has made."""


def interrupted(engine: Engine, command: tuple[str, ...], number: signal.Signals, due: Callable[[str], bool]) -> Run:
    """Return how a run ended that a signal met once its output was due; a kill takes all of its processes."""
    log = engine.checkout.parent / "interrupted.log"
    with log.open("w", encoding="utf-8") as output:
        run = subprocess.Popen(
            command, cwd=engine.checkout, env=engine.environment, stdin=subprocess.DEVNULL,
            stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
        while run.poll() is None and not due(log.read_text("utf-8")):
            time.sleep(0.05)
        if number is signal.SIGKILL:
            _killed(run)
        else:
            run.send_signal(number)
        run.wait(300)
    return Run(run.returncode, log.read_text("utf-8"))


def after(seconds: float) -> Callable[[str], bool]:
    """Return that a run is due after a time, whatever it has printed."""
    end = time.monotonic() + seconds
    return lambda _: time.monotonic() >= end


def having_made(count: int) -> Callable[[str], bool]:
    """Return that a run is due when it has made some objects."""
    return lambda text: len(CREATED.findall(text)) >= count


def finished(engine: Engine, *quadrant_up: str) -> Run:
    """Return how the next `quadrant up` ends; where it names a command first, that is run as a person would."""
    done = engine.quadrant(*quadrant_up)
    if done.code != 0 and (named := re.search(r"`([^`]*pulumi cancel --stack [\w-]+)`", done.text)):
        engine.need("sh", "-c", f"{named[1]} --yes")
        done = engine.quadrant(*quadrant_up)
    return done


def _killed(run: subprocess.Popen[bytes]) -> None:
    with suppress(psutil.NoSuchProcess):
        for one in [*psutil.Process(run.pid).children(recursive=True), psutil.Process(run.pid)]:
            with suppress(psutil.NoSuchProcess):
                one.kill()
