"""No command outlives the run that started it, and none is ended in a way that breaks the machine."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from quadrant_platform.host.progress import Say
from quadrant_platform.lab.build import children
from quadrant_platform.lab.build.artifacts import make, run
from quadrant_platform.lab.lifecycle.steps import Step
from quadrant_platform.lab.lifecycle.steps import run as run_steps
from quadrant_platform.lab.machine.home import Home
from tests.lab.build.conftest import Tool, quiet

ROOT = Path(__file__).parents[3]
STUBBORN = "trap '' INT TERM; while :; do sleep 0.1; done"
PROGRAM = """
import sys
from pathlib import Path
from quadrant_platform.lab import cli
from quadrant_platform.lab.build import children
from quadrant_platform.lab.lifecycle import cluster
from tests.lab.build.test_children import building
from tests.foreground import foreground
foreground()
children.SIGNALS = tuple((number, 0.5) for number, _ in children.SIGNALS)
cluster.up = lambda home, say: building(Path(sys.argv[1]), say, ["sleep 600 & wait", "sleep 600"])
cli.main(["up"])
"""


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "SIGNALS", tuple((number, 0.5) for number, _ in children.SIGNALS))


def eventually(holds: Callable[[], object], why: str) -> None:
    until = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < until, why
        time.sleep(0.02)


def building(folder: Path, say: Say, scripts: list[str], last: Callable[[], None] | None = None) -> None:
    """Run steps side by side: each makes a file by a script that notes its process first; then something else."""
    steps = [Step(f"step {n}", frozenset(), partial(_made, folder, n, script)) for n, script in enumerate(scripts)]
    if last is not None:
        steps.append(Step("last", frozenset(), lambda _home, _say: _after(folder, len(scripts), last)))
    run_steps(steps, Home(folder), say)


def _after(folder: Path, count: int, last: Callable[[], None]) -> None:
    eventually(lambda: len(pids(folder)) == count, "all commands run")
    last()


def _made(folder: Path, number: int, script: str, _home: Home, say: Say) -> None:
    def maker(part: Path) -> None:
        noted = f"echo $$ > {folder}/{number}.new; mv {folder}/{number}.new {folder}/{number}.pid; {script}"
        run(f"work {number}", ["sh", "-c", noted], folder / f"{number}.log", say, cwd=folder, env={})
        part.touch()

    make(folder / f"made-{number}", f"thing {number}", say, maker)


def pids(folder: Path) -> list[int]:
    return [int(file.read_text()) for file in folder.glob("*.pid")]


def left(folder: Path) -> list[int]:
    """The sessions of commands in which something still runs."""
    shown = subprocess.run(["ps", "-e", "-o", "sid=,stat="], capture_output=True, text=True, check=True).stdout
    alive = {int(sid) for sid, state in map(str.split, shown.splitlines()) if state[0] not in "ZX"}
    return sorted(alive & {*pids(folder)})


def stop(error: BaseException) -> None:
    raise error


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("a step failed")], ids=["interrupt", "failure"])
def test_no_command_is_left_where_a_run_stops_and_the_next_goes_on(error: BaseException, tmp_path: Path) -> None:
    lines: list[str] = []
    with pytest.raises(type(error)):
        building(tmp_path, lines.append, ["sleep 600", "sleep 600 & wait", "sleep 600 | cat"], lambda: stop(error))
    assert left(tmp_path) == [], "neither a command nor what it started still runs"
    waits = [line for line in lines if line.startswith("waiting for ")]
    assert [line.count("work") for line in waits] == [3], "one line names all that is waited for"
    building(tmp_path, quiet, ["true", "true", "true"])
    assert len([*tmp_path.glob("made-*")]) == 3, "nothing that was stopped blocks the next run"


def test_a_command_that_does_not_listen_is_made_to_end(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        building(tmp_path, quiet, [STUBBORN], lambda: stop(KeyboardInterrupt()))
    assert left(tmp_path) == [], "an interrupt does not wait forever"


def test_nothing_begins_any_more_in_a_run_that_ends(tmp_path: Path) -> None:
    tried, over = threading.Event(), list[BaseException]()

    def second(_home: Home, say: Say) -> None:
        tried.wait(30)
        try:
            run("late", ["touch", str(tmp_path / "late")], tmp_path / "log", say, cwd=tmp_path, env={})
        except InterruptedError as error:
            over.append(error)

    steps = [
        Step("late", frozenset(), second),
        Step("bad", frozenset(), lambda _home, _say: stop(ValueError("a step failed"))),
    ]
    with pytest.raises(ValueError, match="a step failed"):
        run_steps(steps, Home(tmp_path), quiet)
    tried.set()
    eventually(lambda: over, "the step learns that the run ends")
    assert not (tmp_path / "late").exists(), "it would be left behind"


@pytest.mark.usefixtures("in_foreground")
def test_apt_is_asked_to_stop_and_then_let_finish_what_dpkg_does(
    tool: Tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "EVERY", 0.2)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    begun, dpkg = tmp_path / "begun", "for _ in $(seq 25); do sleep 0.1; done; echo configured"
    tool("apt-get", f"trap 'echo asked' INT; trap 'echo broken; exit 1' TERM; (trap - INT; {dpkg}) & touch {begun}; "
         "while kill -0 $! 2> /dev/null; do wait $!; done")  # fmt: skip
    lines: list[str] = []

    def install(_home: Home, say: Say) -> None:
        run("apt-get install", ["apt-get", "install"], tmp_path / "log", say, cwd=tmp_path, env={})

    def bad(_home: Home, _say: Say) -> None:
        eventually(begun.exists, "apt is at work")
        stop(ValueError("a step failed"))

    with pytest.raises(ValueError, match="a step failed"):
        run_steps([Step("a", frozenset(), install), Step("b", frozenset(), bad)], Home(tmp_path), lines.append)
    assert (tmp_path / "log").read_text().split() == ["asked", "configured"], "dpkg is not hit, and apt waits for it"
    assert any("not killed while dpkg may be at work" in line for line in lines), "the user sees what takes so long"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_every_request_to_end_ends_the_commands_too(number: signal.Signals, tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        eventually(lambda: len(pids(tmp_path)) == 2, "both commands run")
        process.send_signal(number)
        err = process.communicate(timeout=60)[1]
    assert process.returncode == 130, err
    assert "`lab up` goes on from here" in err, "a request to end is no crash"
    assert left(tmp_path) == [], "nothing works on behind the user's back"


def test_a_run_after_a_kill_waits_for_the_commands_of_the_killed_one(tmp_path: Path) -> None:
    command, lines = [sys.executable, "-c", PROGRAM, str(tmp_path)], list[str]()
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        eventually(lambda: len(pids(tmp_path)) == 2, "both commands run")
        process.kill()
    orphans = left(tmp_path)
    assert len(orphans) == 2, "no process is left to end them"

    def say(line: str) -> None:
        lines.append(line)
        if "waits for another run" in line:
            for group in orphans:
                with suppress(ProcessLookupError):
                    os.killpg(group, signal.SIGKILL)

    building(tmp_path, say, ["true", "true"])
    waits = {line for line in lines if "waits" in line}
    assert waits & {f"thing {n}: waits for another run that makes it" for n in range(2)}, "they write to the same place"
    assert len([*tmp_path.glob("made-*")]) == 2, "then it goes on"
