"""One process at a time holds a lock, and a kill frees it."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from quadrant_platform.host.locks import locked

HOLDER = """
import sys, time
from pathlib import Path
from quadrant_platform.host.locks import locked
with locked(Path(sys.argv[1]), list):
    print("held", flush=True)
    time.sleep(600)
"""
PARENT = """
import subprocess, sys, time
from pathlib import Path
from quadrant_platform.host.locks import locked
with locked(Path(sys.argv[1]), list) as opened:
    print(subprocess.Popen(["sleep", "600"], pass_fds=[opened], stdout=subprocess.DEVNULL).pid, flush=True)
    time.sleep(600)
"""


def test_a_free_lock_is_held_at_once(tmp_path: Path) -> None:
    calls: list[str] = []
    with locked(tmp_path / "new" / "lock", lambda: calls.append("busy")):
        pass
    assert calls == [], "there is nothing to wait for"


def test_a_second_holder_hears_once_that_it_waits_and_then_holds_it(tmp_path: Path) -> None:
    calls, held, waits = list[str](), threading.Event(), threading.Event()

    def busy() -> None:
        calls.append("busy")
        waits.set()

    def hold() -> None:
        with locked(tmp_path / "lock", busy):
            held.set()

    second = threading.Thread(target=hold)
    with locked(tmp_path / "lock", list):
        second.start()
        assert waits.wait(60), "it is heard before the wait"
        assert not held.wait(0.2), "two holders would change the same thing"
    second.join(timeout=60)
    assert (calls, held.is_set()) == (["busy"], True), "once, however long it waits"


def test_a_second_holder_may_give_up(tmp_path: Path) -> None:
    def give_up() -> None:
        raise LookupError("another command is at it")

    with locked(tmp_path / "lock", list), pytest.raises(LookupError), locked(tmp_path / "lock", give_up):
        pass
    with locked(tmp_path / "lock", give_up):
        """The first holder alone released it."""


def test_a_kill_frees_the_lock(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None, "it writes when it holds the lock"
        assert holder.stdout.readline() == "held\n", "the other process holds it"
        holder.kill()
        holder.wait()
        with locked(tmp_path / "lock", list) as opened:
            assert opened >= 0, "nothing has to be cleared up by hand"


def test_a_child_that_inherits_the_lock_holds_it_beyond_a_kill(tmp_path: Path) -> None:
    busy: list[str] = []

    def end_child() -> None:
        busy.append("busy")
        subprocess.run(["kill", "-9", child], check=True)

    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path / "lock")], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None, "it writes its child's number"
        child = holder.stdout.readline().strip()
        holder.kill()
        holder.wait()
        with locked(tmp_path / "lock", end_child):
            assert busy == ["busy"], "what the killed process started still works on the same files"
