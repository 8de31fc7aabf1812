"""Signals as a terminal's shell hands them to a command: whoever runs the tests in the background ignores some."""

import signal
from collections.abc import Iterator

import pytest


def foreground() -> None:
    """Let this process, and all that it starts, be interrupted and hung up again."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture
def in_foreground() -> Iterator[None]:
    """Let a test be interrupted and hung up like a command in a terminal."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGHUP)}
    foreground()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
