"""Long-running processes: started once, known again after a kill of whoever started them, and ended in full."""

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
from typing import Any

from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.lab.machine import proxies
from quadrant_platform.lab.machine.home import Home

TAIL = 8
"""Lines of a log that a message repeats."""
PATIENCE = 90.0
"""Seconds that a part of the cluster may take to get ready."""
ANEW = "run `lab down`, which removes the cluster's data, and `lab up` makes all of it anew"
"""A power cut may leave data with which nothing starts again: the store does not wait for the disk."""
GATE = 'read -r go && exec "$@" < /dev/null'
"""A daemon begins when it is on record: one whose starter is killed before that reads an end, and ends."""
BOOT = Path("/proc/sys/kernel/random/boot_id")
"""Ticks since the start of the machine mean nothing after the next one."""


@dataclass(frozen=True)
class Daemon:
    """A program of the lab and how it is started."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict, hash=False)

    def record(self, home: Home) -> Path:
        """Return the file that says which process it is."""
        return home.state / "daemons" / f"{self.name}.json"

    def log(self, home: Home) -> Path:
        """Return where its output goes."""
        return home.logs / f"{self.name}.log"


@dataclass(frozen=True)
class TrackedProcess:
    """A process, told from a later one with the same number by when it started."""

    pid: int
    started: int
    command: tuple[str, ...]

    @property
    def alive(self) -> bool:
        """Whether this very process still runs."""
        return start_time(self.pid) == self.started


def start_time(pid: int) -> int | None:
    """Return when a process started, in ticks since the machine did; None for one that has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[19])


def recorded(home: Home, name: str) -> TrackedProcess | None:
    """Return the process that was started under a name and still runs."""
    try:
        found = json.loads((home.state / "daemons" / f"{name}.json").read_text("utf-8"))
        process = TrackedProcess(found["pid"], found["started"], tuple(found["command"]))
        return process if found["boot"] == _boot() and process.alive else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def names(home: Home) -> list[str]:
    """Return the names under which processes were started and not ended."""
    return sorted(file.stem for file in (home.state / "daemons").glob("*.json"))


def start(daemon: Daemon, home: Home) -> TrackedProcess:
    """Start a daemon, or return it where it runs; one that was started differently is ended first."""
    running = recorded(home, daemon.name)
    if running and running.command == daemon.command:
        return running
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
    _write(daemon.record(home), {**asdict(process), "boot": _boot()})
    if child.stdin:
        child.stdin.write(b"go\n")
        child.stdin.close()
    return process


def stop(home: Home, name: str, patience: float = 3.0) -> None:
    """End what was started under a name, with all of its session; killed when it takes longer than `patience` s."""
    if process := recorded(home, name):
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            if wait_gone([process], patience):
                break
    (home.state / "daemons" / f"{name}.json").unlink(missing_ok=True)


def wait_gone(processes: list[TrackedProcess], seconds: float) -> bool:
    """Return whether all of them ended within so many seconds."""
    until = time.monotonic() + seconds
    while any(_running(process) for process in processes):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def _running(process: TrackedProcess) -> bool:
    with suppress(ChildProcessError):
        os.waitpid(process.pid, os.WNOHANG)
    return process.alive


def of_command(part: str) -> Iterator[TrackedProcess]:
    """Yield the processes in whose command line `part` is an argument."""
    return (process for process in everybody() if part in process.command)


def everybody() -> Iterator[TrackedProcess]:
    """Yield all processes that have a command line."""
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            text = (entry / "cmdline").read_bytes().decode("utf-8", "replace") if entry.name.isdigit() else ""
            started = start_time(int(entry.name)) if text else None
            if started is not None:
                yield TrackedProcess(int(entry.name), started, tuple(text.split("\0")))


def _boot() -> str:
    return BOOT.read_text("ascii").strip()


def _write(file: Path, content: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_text(json.dumps(content), "utf-8")
    part.replace(file)


def wait_until(ready: Callable[[], bool], parts: Collection[Daemon], home: Home, say: Callable[[str], None]) -> None:
    """Wait until something holds, as long as the processes that it needs run; BadInput where it takes too long."""
    names = " and ".join(part.name for part in parts)
    start = told = time.monotonic()
    while not ready():
        for part in parts:
            check_alive(part, home)
        now = time.monotonic()
        if now - start > PATIENCE:
            logs = ", ".join(str(part.log(home)) for part in parts)
            what = f"did not get ready within {PATIENCE:.0f} s"
            raise BadInput([Problem((names,), what, f"read {logs}, then run `lab up` again")])
        if now - told > 10:
            told = now
            say(f"waiting for {names}, {now - start:.0f} s so far")
        time.sleep(0.2)


def check_alive(daemon: Daemon, home: Home) -> None:
    """Raise BadInput with the end of its log where a daemon has ended by itself."""
    if recorded(home, daemon.name):
        return
    lines = daemon.log(home).read_text("utf-8", "replace").splitlines()[-TAIL:]
    what = f"ended by itself: {' | '.join(line.strip()[:300] for line in lines)}"
    remedy = f"read {daemon.log(home)}, then run `lab up` again; where it ends once more, {ANEW}"
    raise BadInput([Problem((daemon.name,), what, remedy)])
