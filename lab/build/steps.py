"""Steps of a build: a command that reports as it runs, a lock that two runs share, a file that appears whole."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from lab.build.failure import BuildFailed

Say = Callable[[str], None]
EVERY = 20.0
"""Seconds between two lines of progress."""


def run(what: str, command: Sequence[str], log: Path, say: Say, *, cwd: Path, env: Mapping[str, str]) -> None:
    """Run a command with `env` added to the environment; all it prints goes to `log`, news of it to `say`.

    BuildFailed with the log's last lines where it fails.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open("wb") as record,
        subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            stdout=record,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
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
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"{what}: waits for another run that makes it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def make(target: Path, what: str, say: Say, maker: Callable[[Path], None]) -> Path:
    """Return `target`, a file or folder, made by `maker` under a name of its own where it is not there yet.

    Safe against a kill at any point: the final name appears by one rename, and the next run removes what was left.
    """
    if target.exists():
        return target
    with locked(target.parent / ".locks" / target.name, what, say):
        if target.exists():
            return target
        part = target.parent / f".{target.name}.part"
        remove(part)
        try:
            maker(part)
        except BaseException:
            remove(part)
            raise
        part.rename(target)
    return target


def remove(path: Path) -> None:
    """Remove a file or a folder that may not be there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
