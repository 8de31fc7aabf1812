"""Requests to end the process, all of which act as Ctrl-C does."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Self

REQUESTS = (signal.SIGTERM, signal.SIGHUP)
REPORTED = 32
"""The exit code of a program that has said all there is to say, for Pulumi's language host."""


@contextmanager
def as_interrupts() -> Iterator[None]:
    """Raise KeyboardInterrupt on a request to end or a closed terminal; an ignored signal stays ignored."""
    usual = _handled(REQUESTS, signal.SIG_DFL)
    for number in usual:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number in usual:
            signal.signal(number, signal.SIG_DFL)


def end_quietly() -> None:
    """Let an interrupt end a program of the engine at once; the engine, which sent it, reports it in a line."""
    if _handled((signal.SIGINT,), signal.default_int_handler):
        signal.signal(signal.SIGINT, lambda *_: os._exit(REPORTED))


class PassedInterrupts:
    """Pass interrupts on to a process that this one waits for, each of them once.

    KeyboardInterrupt is raised when the process is done. Raised at once, it could come between the start of the
    process and the wait for it, which would then go on alone.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._early = 0
        self._interrupted = False

    def __enter__(self) -> Self:
        self._taken = _handled((signal.SIGINT, *REQUESTS), signal.default_int_handler)
        for number in self._taken:
            signal.signal(number, self._interrupt)
        return self

    def pass_to(self, process: subprocess.Popen[str]) -> None:
        """Name the process, and pass on what came while it was started."""
        self._process = process
        for _ in range(self._early):
            process.send_signal(signal.SIGINT)

    def __exit__(self, *_: object) -> None:
        for number in self._taken:
            signal.signal(number, signal.default_int_handler)
        if self._interrupted:
            raise KeyboardInterrupt

    def _interrupt(self, _number: int, _frame: FrameType | None) -> None:
        self._interrupted = True
        if self._process is None:
            self._early += 1
        else:
            self._process.send_signal(signal.SIGINT)


def _handled(numbers: tuple[signal.Signals, ...], handler: object) -> list[signal.Signals]:
    """Return the signals with a handler, which the main thread alone can change."""
    main = threading.current_thread() is threading.main_thread()
    return [number for number in numbers if main and signal.getsignal(number) is handler]
