"""A request to end is an interrupt, unless the process ignores it."""

import signal
import threading

from quadrant_platform.host.interrupts import as_interrupts


def test_a_request_that_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with as_interrupts():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert signal.getsignal(signal.SIGHUP) == before, "nohup lets a command outlive its terminal"


def test_a_thread_that_gets_no_signals_changes_no_handler() -> None:
    seen: list[object] = []

    def work() -> None:
        with as_interrupts():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(timeout=60)
    assert seen == [signal.getsignal(signal.SIGTERM)], "Python lets the main thread alone set handlers"
