"""Commands that the lab runs: an error has its reason and its remedy."""

import os

import pytest

from quadrant_platform.documents.problems import BadInput
from quadrant_platform.lab.machine.system_commands import FOLDERS, extend_path, ip, output_of, run_checked


def test_a_command_that_fails_is_bad_input_with_its_own_words() -> None:
    with pytest.raises(BadInput) as refused:
        run_checked(["sh", "-c", "echo 'RTNETLINK answers: File exists' >&2; exit 2"])
    (problem,) = refused.value.problems
    assert "RTNETLINK answers: File exists" in problem.what, "the machine's reason is the one that helps"
    assert ">&2; exit 2" in problem.what, "the command is named, so that it can be tried by hand"
    assert "`lab down`" in problem.remedy, "and the way out is"


def test_a_command_that_is_not_there_is_bad_input_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BadInput, match="ip: cannot be run"):
        ip("link", "show")


def test_a_question_to_a_command_that_is_not_there_has_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert output_of(["ipset", "list", "-name"]) == "", "where a tool is not installed, nothing of its making is there"


def test_roots_commands_are_found_after_a_su_without_a_dash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/opt/mine:/usr/bin:/usr/sbin")
    extend_path()
    extend_path()
    places = os.environ["PATH"].split(":")
    assert places[:3] == ["/opt/mine", "/usr/bin", "/usr/sbin"], "what the user put first stays first"
    assert {*FOLDERS} <= {*places}, "ip, nft and modprobe are found"
    assert len(places) == len({*places}), "no folder is there twice, however often the lab is asked"
