"""A step's outcome appears whole, once, however many runs want it."""

import re
import threading
from pathlib import Path

import pytest

from quadrant_platform.lab.build.artifacts import locked, make, run
from quadrant_platform.lab.build.failure import BuildFailed
from tests.lab.build.conftest import quiet


def test_a_second_run_waits_and_takes_what_the_first_made(tmp_path: Path) -> None:
    target, lines, waiting = tmp_path / "made", [], threading.Event()

    def say(line: str) -> None:
        lines.append(line)
        waiting.set()

    def refuse(part: Path) -> None:
        part.write_text("second", encoding="utf-8")

    second = threading.Thread(target=make, args=(target, "thing", say, refuse))
    with locked(tmp_path / ".locks" / target.name, "thing", say):
        second.start()
        assert waiting.wait(timeout=60), "the second run reports that it waits"
        target.write_text("first", encoding="utf-8")
    second.join(timeout=60)
    assert target.read_text() == "first", "what one run made, the other takes"
    assert lines == ["thing: waits for another run that makes it"], "one line explains why nothing happens"


def test_an_interrupted_maker_leaves_nothing_behind(tmp_path: Path) -> None:
    def maker(part: Path) -> None:
        part.mkdir()
        (part / "half").touch()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(tmp_path / "made", "thing", quiet, maker)
    assert [path.name for path in tmp_path.iterdir()] == [".locks"], "neither a result nor a part of one is there"


@pytest.mark.parametrize(
    ("script", "now"),
    [("echo one; echo two", "2 lines so far, now two"), (":", "no output so far")],
    ids=["prints", "is silent"],
)
def test_a_long_command_is_reported_whether_it_prints_or_not(
    script: str, now: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quadrant_platform.lab.build.artifacts.EVERY", 0.05)
    go_on, lines = tmp_path / "go-on", list[str]()

    def say(line: str) -> None:
        lines.append(line)
        if line.endswith(now):
            go_on.touch()

    waiting = f"{script}; for _ in $(seq 100); do [ -e {go_on} ] && break; sleep 0.1; done; echo last"
    run("work", ["sh", "-c", waiting], tmp_path / "log", say, cwd=tmp_path, env={})
    assert go_on.exists(), f"a mirror that hangs differs from one that is slow: {lines}"
    assert re.match(r"work: runs for \d+ s, ", lines[-1]), "for how long, and what it is"
    assert (tmp_path / "log").read_text().endswith("last\n"), "the log has it all"


def test_a_command_that_fails_is_reported_with_the_end_of_its_log(tmp_path: Path) -> None:
    with pytest.raises(BuildFailed, match=r"work failed\n  one\n  two\nwhole log: .*; run the same command again"):
        run("work", ["sh", "-c", "echo one; echo two >&2; exit 3"], tmp_path / "log", quiet, cwd=tmp_path, env={})
