"""Locks between processes of one machine."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout


@contextmanager
def locked(file: Path, busy: Callable[[], object]) -> Iterator[int]:
    """Hold a file's lock, which ends with this process; where another process holds it, call `busy` once and wait.

    `busy` may raise to give up instead. Yields the lock's open file: a child that inherits it holds the lock beyond a
    kill of this process.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    opened = list[int]()
    lock = FileLock(file, on_acquired=opened.append)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        busy()
        lock.acquire()
    try:
        yield opened[-1]
    finally:
        lock.release()
