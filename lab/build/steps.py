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
    environment = {**os.environ, **env}
    lines: list[str] = []
    told = time.monotonic()
    with (
        log.open("w", encoding="utf-8") as record,
        subprocess.Popen(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process,
    ):
        for line in process.stdout or ():
            record.write(line)
            lines.append(line.rstrip())
            if time.monotonic() - told >= EVERY:
                told = time.monotonic()
                say(f"{what}: {len(lines)} lines so far, now {lines[-1]}")
    if process.returncode:
        raise BuildFailed(what, log, lines)


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
