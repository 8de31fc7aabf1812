"""A command that is asked to end leaves as after Ctrl-C, whoever asks."""

import signal

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
