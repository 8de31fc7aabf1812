"""Steps of a build: a command that reports as it runs, a lock that two runs share, a file that appears whole."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from quadrant_platform.lab.build import children
from quadrant_platform.lab.build.failure import BuildFailed

Say = Callable[[str], None]
EVERY = 20.0
"""Seconds between two lines of progress."""
_LOCKS: ContextVar[tuple[int, ...]] = ContextVar("locks", default=())
"""The open files of the locks of what is being made: its commands keep them, and may outlive a kill of this process."""


def run(what: str, command: Sequence[str], log: Path, say: Say, *, cwd: Path, env: Mapping[str, str]) -> None:
    """Run a command with `env` added to the environment; all it prints goes to `log`, news of it to `say`.

    BuildFailed with the log's last lines where it fails.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with children.here().started(what, command, log, say, cwd=cwd, env=env, kept=_LOCKS.get()) as process:
        _wait(what, process, log, say)
    if process.returncode:
        raise BuildFailed(what, log, _lines(log))


def _wait(what: str, process: subprocess.Popen[bytes], log: Path, say: Say) -> None:
    """Wait for the end of a command, and tell now and then that it runs, also while it says nothing itself."""
    start = time.monotonic()
    while True:
        try:
            process.wait(EVERY)
        except subprocess.TimeoutExpired:
            lines = _lines(log)
            now = f"{len(lines)} lines so far, now {lines[-1]}" if lines else "without a word so far"
            say(f"{what}: runs for {time.monotonic() - start:.0f} s, {now}")
        else:
            return


def _lines(log: Path) -> list[str]:
    return [line.rstrip() for line in log.read_text("utf-8", "replace").splitlines()]


@contextmanager
def locked(file: Path, what: str, say: Say) -> Iterator[None]:
    """Hold a lock that ends with this process; waits for another run that holds it."""
    with _lock(file, what, say):
        yield


@contextmanager
def _lock(file: Path, what: str, say: Say) -> Iterator[int]:
    """Hold a lock, and yield the open file by which it is held."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"{what}: waits for another run that makes it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle.fileno()


def make(target: Path, what: str, say: Say, maker: Callable[[Path], None]) -> Path:
    """Return `target`, a file or folder, made by `maker` under a name of its own where it is not there yet.

    Safe against a kill at any point: the final name appears by one rename, and the next run removes what was left,
    when the last command of the killed one has ended.
    """
    if target.exists():
        return target
    with _lock(target.parent / ".locks" / target.name, what, say) as lock:
        if target.exists():
            return target
        part = target.parent / f".{target.name}.part"
        remove(part)
        before = _LOCKS.set((*_LOCKS.get(), lock))
        try:
            maker(part)
        except BaseException:
            remove(part)
            raise
        finally:
            _LOCKS.reset(before)
        part.rename(target)
    return target


def remove(path: Path) -> None:
    """Remove a file or a folder that may not be there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
