"""A command that is asked to end leaves as after Ctrl-C, whoever asks."""

import signal
import threading

import pytest

from quadrant_platform.commands.console import ExitCode, interruptible


@pytest.mark.usefixtures("in_foreground")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_every_request_to_end_is_an_interrupt(number: signal.Signals, capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(number)
    with pytest.raises(SystemExit) as left, interruptible("up"):
        signal.raise_signal(number)
    assert left.value.code == ExitCode.INTERRUPTED, "as a shell expects it"
    assert "`quadrant up` with the same options goes on from here" in capsys.readouterr().err, "nothing is lost"
    assert signal.getsignal(number) == before, "whoever called has its own answer to requests"


def test_a_request_that_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interruptible("up"):
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert signal.getsignal(signal.SIGHUP) == before, "nohup lets a command outlive its terminal"


def test_a_thread_that_gets_no_signals_changes_no_handler() -> None:
    seen: list[object] = []

    def work() -> None:
        with interruptible("up"):
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(timeout=60)
    assert seen == [signal.getsignal(signal.SIGTERM)], "Python lets the main thread alone set handlers"
