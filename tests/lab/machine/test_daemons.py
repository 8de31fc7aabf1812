"""A process of the lab is known by more than its number, is started once, and ends in full."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from quadrant_platform.documents.problems import BadInput
from quadrant_platform.lab.machine import daemons
from quadrant_platform.lab.machine.daemons import Daemon
from quadrant_platform.lab.machine.home import Home

pytestmark = pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning")
"""A daemon outlives its starter on purpose."""
SLEEP = Daemon("sleeper", ("sleep", "300"))
FAMILY = Daemon("family", ("sh", "-c", "sleep 300 & wait"))


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path / "lab")
    yield home
    for name in daemons.names(home):
        daemons.stop(home, name)


def until(holds: Callable[[], bool]) -> bool:
    """Whether something comes to hold within ten seconds."""
    end = time.monotonic() + 10
    while not holds() and time.monotonic() < end:
        time.sleep(0.01)
    return holds()


def spoil(home: Home, **fields: object) -> None:
    """Change what is on record about the sleeper."""
    file = SLEEP.record(home)
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | fields), "utf-8")


def test_a_daemon_that_runs_is_not_started_again(home: Home) -> None:
    first = daemons.start(SLEEP, home)
    assert daemons.start(SLEEP, home) == first, "the same command runs already"
    assert until(lambda: Path(f"/proc/{first.pid}/cmdline").read_bytes() == b"sleep\x00300\x00"), (
        "the process on record is the program itself, not a shell around it"
    )


def test_a_daemon_with_another_command_replaces_the_one_that_runs(home: Home) -> None:
    first = daemons.start(SLEEP, home)
    second = daemons.start(Daemon("sleeper", ("sleep", "301")), home)
    assert not first.alive, "two of one name would fight over ports"
    assert second.alive, "the new settings are what is wanted"


@pytest.mark.parametrize("fields", [{"started": 1}, {"boot": "another"}, {"pid": "x"}, {"pid": 2**22 + 1}])
def test_a_record_that_fits_no_process_kills_and_adopts_none(home: Home, fields: dict[str, object]) -> None:
    process = daemons.start(SLEEP, home)
    content = SLEEP.record(home).read_text("utf-8")
    spoil(home, **fields)
    assert daemons.running(home, SLEEP.name) is None, (
        "a number alone proves nothing: another process may have it by now"
    )
    daemons.stop(home, SLEEP.name)
    assert process.alive, "a stranger with that number must not be killed"
    SLEEP.record(home).write_text(content, "utf-8")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}', "null"])
def test_a_record_that_cannot_be_read_means_that_nothing_runs(home: Home, content: str) -> None:
    SLEEP.record(home).parent.mkdir(parents=True)
    SLEEP.record(home).write_text(content, "utf-8")
    assert daemons.running(home, SLEEP.name) is None, "half a record is what a kill may leave"
    daemons.stop(home, SLEEP.name)
    assert daemons.names(home) == [], "the record goes, so that the next start is a fresh one"


def test_a_daemon_ends_with_all_that_it_started(home: Home) -> None:
    process = daemons.start(FAMILY, home)

    def members() -> list[str]:
        fields = (entry.read_text("utf-8").rpartition(")")[2].split() for entry in stats())
        return [row[0] for row in fields if row[3] == str(process.pid) and row[0] not in "ZX"]

    assert until(lambda: len(members()) == 2), "the shell and its sleeper are one session"
    daemons.stop(home, FAMILY.name)
    assert until(lambda: not members()), "a child that stays would keep ports and mounts"


def stats() -> Iterator[Path]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (entry / "stat").exists():
            yield entry / "stat"


def test_a_daemon_that_ignores_a_polite_end_is_killed(home: Home) -> None:
    stubborn = Daemon("stubborn", (sys.executable, "-c", STUBBORN))
    process = daemons.start(stubborn, home)
    assert until(lambda: "ready" in stubborn.log(home).read_text("utf-8")), "it must ignore the signal before it comes"
    daemons.stop(home, "stubborn", patience=0.2)
    assert not process.alive, "`lab down` must not wait forever"


STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(300)"
)
STARTER = """
import os, signal, sys
from pathlib import Path
from quadrant_platform.lab.machine import daemons
from quadrant_platform.lab.machine.home import Home
daemons.write_atomically = lambda file, content: os.kill(os.getpid(), signal.SIGKILL)
daemons.start(daemons.Daemon("orphan", ("touch", sys.argv[2])), Home(Path(sys.argv[1])))
"""


def test_a_starter_killed_before_the_record_leaves_no_daemon(home: Home, tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    killed = subprocess.run([sys.executable, "-c", STARTER, str(home.root), str(trace)], check=False)
    assert killed.returncode == -signal.SIGKILL, "the starter must end between the fork and the record"
    assert until(lambda: not list(daemons.with_argument(str(trace)))), "no later run could find and end it"
    assert not trace.exists(), "the program itself must not have begun"


def test_a_daemon_that_ended_by_itself_is_reported_with_the_end_of_its_log(home: Home) -> None:
    short = Daemon("short", ("sh", "-c", "echo no such flag >&2; exit 1"))
    process = daemons.start(short, home)
    assert daemons.wait_for_exit([process], 10), "it ends at once"
    with pytest.raises(BadInput, match="no such flag") as ended:
        daemons.check_alive(short, home)
    again, afresh = (str(ended.value).find(command) for command in ("run `lab up` again", "run `lab down`"))
    assert 0 < again < afresh, "data that a power cut spoiled would end it each time: the second step removes them"


def test_a_program_that_is_missing_is_reported_like_any_other_end(home: Home) -> None:
    absent = Daemon("absent", ("/no/such/program",))
    process = daemons.start(absent, home)
    assert daemons.wait_for_exit([process], 10), "there is nothing to run"
    with pytest.raises(BadInput, match="/no/such/program"):
        daemons.check_alive(absent, home)


def test_a_process_is_found_by_an_argument_of_its_command(home: Home) -> None:
    mark = f"mark of {home.root}"
    process = daemons.start(Daemon("marked", ("sh", "-c", "sleep 300", mark)), home)
    assert until(lambda: [one.pid for one in daemons.with_argument(mark)] == [process.pid]), (
        "shims are found by their containerd's socket in just this way"
    )
    assert os.getpid() not in {one.pid for one in daemons.with_argument("no-such-mark")}, "others do not count"
