"""Commands that run for a build: each in a session of its own, and ended with the run that started them.

A terminal's interrupt does not reach them there, least of all dpkg: it is passed on here, to each in its own way.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

import psutil

from quadrant_platform.host.progress import Say
from quadrant_platform.lab.machine.daemons import ENDED

Descriptors = Sequence[int]
SIGNALS = ((signal.SIGINT, 10.0), (signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0))
"""The signals for a command that still runs, each with the seconds until the next."""
GENTLE = frozenset({"apt-get"})
"""Programs that get SIGINT alone, and not their children: dpkg finishes what it unpacks, and nothing breaks."""
PATIENCE = 300.0
"""Seconds that gentle programs may take."""
EVERY = 20.0
"""Seconds between two reports of waiting."""


@dataclass(frozen=True, eq=False)
class Child:
    """A command that runs, and what it makes."""

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
        self,
        what: str,
        command: Sequence[str],
        log: Path,
        say: Say,
        *,
        cwd: Path,
        env: Mapping[str, str],
        inherited: Descriptors,
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Run a command that writes to `log` and inherits descriptors; an error in the block ends it.

        InterruptedError where the run is ending.
        """
        child = self._start(what, command, log, cwd, env, inherited)
        try:
            yield child.process
        except BaseException:
            end([child], say)
            raise
        finally:
            with self._lock:
                self._running.remove(child)

    def _start(
        self, what: str, command: Sequence[str], log: Path, cwd: Path, env: Mapping[str, str], inherited: Descriptors
    ) -> Child:
        with self._lock, log.open("wb") as output:
            if self._over:
                raise InterruptedError(f"{what}: is not started, since the run ends")
            process = subprocess.Popen(
                command,
                cwd=cwd,
                env={**os.environ, **env},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=inherited,
                start_new_session=True,
            )
            child = Child(what, process, Path(command[0]).name in GENTLE)
            self._running.append(child)
        return child

    def end(self, say: Say) -> None:
        """End all that run, and start no more."""
        with self._lock:
            self._over, running = True, [*self._running]
        end(running, say)


_DEFAULT = Children()
_CURRENT: ContextVar[Children] = ContextVar("children")


@contextmanager
def together(say: Say) -> Iterator[None]:
    """Group the commands that the block starts, also in threads with its context; an error ends all of them."""
    children = Children()
    before = _CURRENT.set(children)
    try:
        yield
    except BaseException:
        children.end(say)
        raise
    finally:
        _CURRENT.reset(before)


def current() -> Children:
    """Return the commands of the current run."""
    return _CURRENT.get(_DEFAULT)


def end(children: Collection[Child], say: Say) -> None:
    """Interrupt commands, kill those that do not end, and wait until all have; a second interrupt shortens the wait."""
    running = _unfinished(children, 0)
    if not running:
        return
    _report(say, f"waiting for {_names(running)} to end")
    try:
        for number, seconds in SIGNALS:
            running = _send(number, running, seconds)
        _wait_for_dpkg([child for child in running if child.gentle], say)
    except KeyboardInterrupt:
        _send(signal.SIGKILL, running, 0)
        raise
    finally:
        if running := _unfinished(running, 1.0):
            _report(say, f"left behind: {_names(running)}, which still runs; let it end before the next run")


def _send(number: signal.Signals, children: Collection[Child], seconds: float) -> list[Child]:
    """Send a signal, and return those that have not ended after so many seconds."""
    for child in children:
        child.send(number)
    return _unfinished(children, seconds)


def _wait_for_dpkg(children: Collection[Child], say: Say) -> None:
    until = time.monotonic() + PATIENCE
    while children and time.monotonic() < until:
        _report(say, f"still waiting for {_names(children)}, which is not killed while dpkg may be at work")
        children = _unfinished(children, EVERY)


def _unfinished(children: Collection[Child], seconds: float) -> list[Child]:
    """Return those that have not ended after so many seconds, at once where all have."""
    until = time.monotonic() + seconds
    while (running := [child for child in children if child.runs]) and time.monotonic() < until:
        time.sleep(0.05)
    return running


def _runs(group: int) -> bool:
    """Return whether a process of a group runs; one that has ended and only waits to be reaped does not."""
    for pid in psutil.pids():
        with suppress(ProcessLookupError, psutil.Error):
            if os.getpgid(pid) == group and psutil.Process(pid).status() not in ENDED:
                return True
    return False


def _names(children: Collection[Child]) -> str:
    return " and ".join(child.what for child in children)


def _report(say: Say, line: str) -> None:
    with suppress(OSError):  # the terminal may be what went away
        say(line)
