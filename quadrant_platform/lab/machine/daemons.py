"""Long-running processes: started once, found again after their starter was killed, and ended in full."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.host.files import write_atomically
from quadrant_platform.host.progress import Say
from quadrant_platform.lab.machine import proxies
from quadrant_platform.lab.machine.home import Home

TAIL = 8
"""Lines of a log that a message repeats."""
PATIENCE = 90.0
"""Seconds that a part of the cluster may take to get ready."""
REBUILD = "run `lab down`, which removes the cluster's data, and `lab up` makes all of it afresh"
"""A power cut may leave data with which nothing starts again: the store does not wait for the disk."""
GATE = 'read -r go && exec "$@" < /dev/null'
"""A daemon starts once it is on record: if its starter dies before that, `read` meets the end of input, and it ends."""
BOOT = Path("/proc/sys/kernel/random/boot_id")
"""Times since the machine's start mean nothing after the next one."""
ENDED = frozenset({psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD})


@dataclass(frozen=True)
class Daemon:
    """A program of the lab and how it is started."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict, hash=False)

    def record(self, home: Home) -> Path:
        """Return the file that identifies its process."""
        return _record(home, self.name)

    def log(self, home: Home) -> Path:
        """Return where its output goes."""
        return home.logs / f"{self.name}.log"


@dataclass(frozen=True)
class TrackedProcess:
    """A process; its start distinguishes it from a later one with the same number."""

    pid: int
    started: int
    command: tuple[str, ...]

    @property
    def alive(self) -> bool:
        """Whether this very process still runs."""
        return start_time(self.pid) == self.started


def start_time(pid: int) -> int | None:
    """Return when a process started, in hundredths of a second since the machine did; None for one that has ended.

    The time of day would change with the clock.
    """
    try:
        process = psutil.Process(pid)
        return None if process.status() in ENDED else round((process.create_time() - psutil.boot_time()) * 100)
    except psutil.Error:
        return None


def running(home: Home, name: str) -> TrackedProcess | None:
    """Return the process that was started under a name and still runs."""
    try:
        found = json.loads(_record(home, name).read_text("utf-8"))
        process = TrackedProcess(found["pid"], found["started"], tuple(found["command"]))
        return process if found["boot"] == _boot() and process.alive else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def names(home: Home) -> list[str]:
    """Return the names under which processes were started and not ended."""
    return sorted(file.stem for file in (home.state / "daemons").glob("*.json"))


def start(daemon: Daemon, home: Home) -> TrackedProcess:
    """Start a daemon, or return it where it runs; one that was started differently is ended first."""
    found = running(home, daemon.name)
    if found and found.command == daemon.command:
        return found
    stop(home, daemon.name)
    daemon.log(home).parent.mkdir(parents=True, exist_ok=True)
    with daemon.log(home).open("ab") as log:
        child = subprocess.Popen(
            ["sh", "-c", GATE, "sh", *daemon.command],
            env={**os.environ, **proxies.exceptions(), **daemon.environment},
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
        )
    process = TrackedProcess(child.pid, start_time(child.pid) or 0, daemon.command)
    write_atomically(daemon.record(home), json.dumps({**asdict(process), "boot": _boot()}))
    if child.stdin:
        child.stdin.write(b"go\n")
        child.stdin.close()
    return process


def stop(home: Home, name: str, patience: float = 3.0) -> None:
    """End what was started under a name, with all of its session; kill it when it takes longer than `patience` s."""
    if process := running(home, name):
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            if wait_for_exit([process], patience):
                break
    _record(home, name).unlink(missing_ok=True)


def wait_for_exit(processes: Collection[TrackedProcess], seconds: float) -> bool:
    """Return whether all of them ended within so many seconds."""
    until = time.monotonic() + seconds
    while any(_runs(process) for process in processes):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def _runs(process: TrackedProcess) -> bool:
    with suppress(ChildProcessError):
        os.waitpid(process.pid, os.WNOHANG)
    return process.alive


def with_argument(argument: str) -> Iterator[TrackedProcess]:
    """Yield the processes that have an argument in their command line."""
    return (process for process in all_processes() if argument in process.command)


def all_processes() -> Iterator[TrackedProcess]:
    """Yield all processes that have a command line."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            command, started = process.cmdline(), start_time(process.pid)
            if command and started is not None:
                yield TrackedProcess(process.pid, started, tuple(command))


def _boot() -> str:
    return BOOT.read_text("ascii").strip()


def _record(home: Home, name: str) -> Path:
    return home.state / "daemons" / f"{name}.json"


def wait_until(ready: Callable[[], bool], parts: Collection[Daemon], home: Home, say: Say) -> None:
    """Wait until `ready` holds while the processes that it needs run; BadInput where it takes too long."""
    names = " and ".join(part.name for part in parts)
    start = reported = time.monotonic()
    while not ready():
        for part in parts:
            check_alive(part, home)
        now = time.monotonic()
        if now - start > PATIENCE:
            logs = ", ".join(str(part.log(home)) for part in parts)
            what = f"did not get ready within {PATIENCE:.0f} s"
            raise BadInput([Problem((names,), what, f"read {logs}, then run `lab up` again")])
        if now - reported > 10:
            reported = now
            say(f"waiting for {names}, {now - start:.0f} s so far")
        time.sleep(0.2)


def check_alive(daemon: Daemon, home: Home) -> None:
    """Raise BadInput with the end of its log where a daemon has ended by itself."""
    if running(home, daemon.name):
        return
    lines = daemon.log(home).read_text("utf-8", "replace").splitlines()[-TAIL:]
    what = f"ended by itself: {' | '.join(line.strip()[:300] for line in lines)}"
    remedy = f"read {daemon.log(home)}, then run `lab up` again; where it ends once more, {REBUILD}"
    raise BadInput([Problem((daemon.name,), what, remedy)])
