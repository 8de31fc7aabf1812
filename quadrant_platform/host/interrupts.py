"""Requests to end the process, all of which act as Ctrl-C does."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

REQUESTS = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def as_interrupts() -> Iterator[None]:
    """Raise KeyboardInterrupt on a request to end or a closed terminal; an ignored signal stays ignored."""
    main = threading.current_thread() is threading.main_thread()
    usual = [number for number in REQUESTS if main and signal.getsignal(number) is signal.SIG_DFL]
    for number in usual:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number in usual:
            signal.signal(number, signal.SIG_DFL)
