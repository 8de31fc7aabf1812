"""Requests to end: all of them act as Ctrl-C does."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

REQUESTS = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def as_interrupts() -> Iterator[None]:
    """Raise KeyboardInterrupt for a request to end, and where the terminal goes; one that is ignored stays ignored."""
    main = threading.current_thread() is threading.main_thread()
    usual = [number for number in REQUESTS if main and signal.getsignal(number) is signal.SIG_DFL]
    for number in usual:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number in usual:
            signal.signal(number, signal.SIG_DFL)
