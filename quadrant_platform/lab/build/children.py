"""Commands that run for a build: each in a session of its own, and ended with the run that started them.

A terminal's interrupt does not reach them there, dpkg above all: it is passed on here, to each in its own way.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

Say = Callable[[str], None]
Fds = Sequence[int]
SIGNALS = ((signal.SIGINT, 10.0), (signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0))
"""What a command gets that still runs, and the seconds that it then has."""
GENTLE = frozenset({"apt-get"})
"""Programs that get SIGINT alone and by themselves: dpkg under them finishes what it unpacks, and nothing breaks."""
PATIENCE = 300.0
"""Seconds that those may take."""
EVERY = 20.0
"""Seconds between two lines of waiting."""


@dataclass(frozen=True, eq=False)
class Child:
    """A command that runs, and what it is there for."""

    what: str
    process: subprocess.Popen[bytes]
    gentle: bool

    @property
    def runs(self) -> bool:
        """Whether it, or anything that it started in its session, has not ended."""
        return self.process.poll() is None if self.gentle else _runs(self.process.pid)

    def send(self, number: signal.Signals) -> None:
        """Send a signal, to all of its group where it is not a gentle one."""
        if not self.gentle:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
        elif number == signal.SIGINT:
            self.process.send_signal(number)


class Children:
    """The commands of one run that have not ended."""

    def __init__(self) -> None:
        self._lock, self._over = threading.Lock(), False
        self._running: list[Child] = []

    @contextmanager
    def started(
        self, what: str, command: Sequence[str], log: Path, say: Say, *, cwd: Path, env: Mapping[str, str], kept: Fds
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Run a command that writes to `log` and keeps open files; it is ended where whoever waits for it stops.

        InterruptedError where the run is ending.
        """
        child = self._start(what, command, log, cwd, env, kept)
        try:
            yield child.process
        except BaseException:
            end([child], say)
            raise
        finally:
            with self._lock:
                self._running.remove(child)

    def _start(
        self, what: str, command: Sequence[str], log: Path, cwd: Path, env: Mapping[str, str], kept: Fds
    ) -> Child:
        with self._lock, log.open("wb") as output:
            if self._over:
                raise InterruptedError(f"{what}: is not begun, since the run ends")
            process = subprocess.Popen(
                command,
                cwd=cwd,
                env={**os.environ, **env},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=kept,
                start_new_session=True,
            )
            child = Child(what, process, Path(command[0]).name in GENTLE)
            self._running.append(child)
        return child

    def end(self, say: Say) -> None:
        """End all that run, and let nothing more begin."""
        with self._lock:
            self._over, running = True, [*self._running]
        end(running, say)


_ALONE = Children()
_HERE: ContextVar[Children] = ContextVar("children")


@contextmanager
def together(say: Say) -> Iterator[None]:
    """Make one run of the commands that are started within, also by threads with this context: an error ends all."""
    children = Children()
    before = _HERE.set(children)
    try:
        yield
    except BaseException:
        children.end(say)
        raise
    finally:
        _HERE.reset(before)


def here() -> Children:
    """Return the commands of the run that is going on."""
    return _HERE.get(_ALONE)


def end(children: Collection[Child], say: Say) -> None:
    """Ask commands to end, then make them, and wait until they have; a second interrupt shortens the wait."""
    running = _left(children, 0)
    if not running:
        return
    _tell(say, f"waiting for {_names(running)} to end")
    try:
        for number, seconds in SIGNALS:
            running = _sent(number, running, seconds)
        _wait_for_dpkg([child for child in running if child.gentle], say)
    except KeyboardInterrupt:
        _sent(signal.SIGKILL, running, 0)
        raise
    finally:
        if running := _left(running, 1.0):
            _tell(say, f"left behind: {_names(running)}, which still runs; let it end before the next run")


def _sent(number: signal.Signals, children: Collection[Child], seconds: float) -> list[Child]:
    """Send a signal, and return those that have not ended after so many seconds."""
    for child in children:
        child.send(number)
    return _left(children, seconds)


def _wait_for_dpkg(children: Collection[Child], say: Say) -> None:
    until = time.monotonic() + PATIENCE
    while children and time.monotonic() < until:
        _tell(say, f"still waiting for {_names(children)}, which is not killed while dpkg may be at work")
        children = _left(children, EVERY)


def _left(children: Collection[Child], seconds: float) -> list[Child]:
    """Return those that have not ended after so many seconds, at once where all have."""
    until = time.monotonic() + seconds
    while (running := [child for child in children if child.runs]) and time.monotonic() < until:
        time.sleep(0.05)
    return running


def _runs(group: int) -> bool:
    """Whether a process of a group runs; one whose end nobody has asked about does not."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, found = stat.read_text("utf-8", "replace").rpartition(")")[2].split()[:3]
            if int(found) == group and state not in "ZX":
                return True
    return False


def _names(children: Collection[Child]) -> str:
    return " and ".join(child.what for child in children)


def _tell(say: Say, line: str) -> None:
    with suppress(OSError):  # the terminal may be what went away
        say(line)
