"""A step's outcome appears whole, once, however many runs want it."""

import threading
from pathlib import Path

import pytest

from lab.build.steps import locked, make, run
from tests.build.conftest import quiet


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
        assert waiting.wait(timeout=60), "the second run says that it waits"
        target.write_text("first", encoding="utf-8")
    second.join(timeout=60)
    assert target.read_text() == "first", "what one run made, the other takes"
    assert lines == ["thing: waits for another run that makes it"], "one line tells why nothing happens"


def test_an_interrupted_maker_leaves_nothing_behind(tmp_path: Path) -> None:
    def maker(part: Path) -> None:
        part.mkdir()
        (part / "half").touch()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(tmp_path / "made", "thing", quiet, maker)
    assert [path.name for path in tmp_path.iterdir()] == [".locks"], "neither a result nor a part of one is there"


def test_a_long_command_says_what_it_is_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.build.steps.EVERY", 0.0)
    lines: list[str] = []
    run("work", ["printf", "one\\ntwo\\n"], tmp_path / "log", lines.append, cwd=tmp_path, env={})
    assert lines == ["work: 1 lines so far, now one", "work: 2 lines so far, now two"], "each line can be news"
    assert (tmp_path / "log").read_text() == "one\ntwo\n", "the log has it all"
