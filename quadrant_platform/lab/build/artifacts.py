"""Artifacts of a build: made once under a lock, by commands that report as they run, and never seen half-made."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from filelock import lock_descriptor

from quadrant_platform.host.files import remove
from quadrant_platform.host.progress import Say
from quadrant_platform.lab.build import children
from quadrant_platform.lab.build.failure import BuildFailed

EVERY = 20.0
"""Seconds between two lines of progress."""
_LOCKS: ContextVar[tuple[int, ...]] = ContextVar("locks", default=())
"""Descriptors of the locks of what is being made; its commands inherit them, and may outlive a kill of this process."""


def run(what: str, command: Sequence[str], log: Path, say: Say, *, cwd: Path, env: Mapping[str, str]) -> None:
    """Run a command with `env` added to the environment; its output goes to `log`, reports of its progress to `say`.

    BuildFailed with the log's last lines where it fails.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with children.current().started(what, command, log, say, cwd=cwd, env=env, inherited=_LOCKS.get()) as process:
        _wait(what, process, log, say)
    if process.returncode:
        raise BuildFailed(what, log, _lines(log))


def _wait(what: str, process: subprocess.Popen[bytes], log: Path, say: Say) -> None:
    """Wait for the end of a command, and report now and then that it runs, also where it prints nothing itself."""
    start = time.monotonic()
    while True:
        try:
            process.wait(EVERY)
        except subprocess.TimeoutExpired:
            lines = _lines(log)
            now = f"{len(lines)} lines so far, now {lines[-1]}" if lines else "no output so far"
            say(f"{what}: runs for {time.monotonic() - start:.0f} s, {now}")
        else:
            return


def _lines(log: Path) -> list[str]:
    return [line.rstrip() for line in log.read_text("utf-8", "replace").splitlines()]


@contextmanager
def locked(file: Path, what: str, say: Say) -> Iterator[int]:
    """Hold a lock, for which another run may have to be waited for, and yield its descriptor.

    The descriptor is closed and not unlocked: a process that inherited it holds the lock until it ends itself.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8") as handle:
        if not lock_descriptor(handle.fileno(), blocking=False):
            say(f"{what}: waits for another run that makes it")
            lock_descriptor(handle.fileno())
        yield handle.fileno()


def make(target: Path, what: str, say: Say, maker: Callable[[Path], None]) -> Path:
    """Return `target`, a file or folder; where it is missing, `maker` makes it under a name of its own first.

    Safe against a kill at any point: the final name appears by one rename, and the next run removes what a killed one
    left, once its last command has ended.
    """
    if target.exists():
        return target
    with locked(target.parent / ".locks" / target.name, what, say) as lock:
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
