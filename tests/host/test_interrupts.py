"""A request to end is an interrupt, unless the process ignores it, and may be another process's to hear."""

import signal
import subprocess
import sys
import threading

import pytest

from quadrant_platform.host.checkout import ROOT
from quadrant_platform.host.interrupts import PassedInterrupts, as_interrupts

ENDS_IN_ORDER = "trap 'exit 7' INT; echo ready; while :; do sleep 0.05; done"


class Waiting:
    """A wait for a shell that is interrupted, and the code with which the shell ended."""

    code: int | None = None

    def wait(self, script: str, early: int | None = None, late: int | None = None) -> None:
        """Start the script and wait for it, with a signal while it starts, or another when it has said a line."""
        with PassedInterrupts() as interrupts:
            if early:
                signal.raise_signal(early)
            process = subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, start_new_session=True, text=True)
            interrupts.pass_to(process)
            if late and process.stdout and process.stdout.readline():
                signal.raise_signal(late)
            self.code = process.wait()


@pytest.mark.usefixtures("in_foreground")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_process_that_is_waited_for_ends_in_order(number: signal.Signals) -> None:
    waiting = Waiting()
    with as_interrupts(), pytest.raises(KeyboardInterrupt):
        waiting.wait(ENDS_IN_ORDER, late=number)
    assert waiting.code == 7, "it hears of the interrupt, and is not left alone"


@pytest.mark.usefixtures("in_foreground")
def test_an_interrupt_while_a_process_starts_reaches_it_later() -> None:
    waiting = Waiting()
    with pytest.raises(KeyboardInterrupt):
        waiting.wait("sleep 60", early=signal.SIGINT)
    assert waiting.code == -signal.SIGINT, "nothing is lost between the start and the wait"


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


def test_a_program_of_the_engine_ends_without_a_word() -> None:
    program = (
        "import signal\nfrom quadrant_platform.host.interrupts import end_quietly\n"
        "from tests.foreground import foreground\nforeground()\n"
        "end_quietly()\nsignal.raise_signal(signal.SIGINT)\nprint('not here')"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (32, "", ""), "the engine reports it, not a traceback"
