"""The command lab: what it prints, and the codes with which it ends."""

from pathlib import Path

import pytest

from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.host.progress import Say
from quadrant_platform.lab import cli
from quadrant_platform.lab.build.failure import BuildFailed
from quadrant_platform.lab.lifecycle import cluster
from quadrant_platform.lab.machine.home import Home


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("QUADRANT_LAB_HOME", str(tmp_path))
    return Home.here()


def ended(*arguments: str) -> int:
    """The exit code of a command."""
    with pytest.raises(SystemExit) as end:
        cli.main(arguments)
    code = end.value.code
    assert isinstance(code, int), "scripts read a number"
    return code


def failing(error: BaseException) -> object:
    def up(_home: Home, _say: Say) -> Path:
        raise error

    return up


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (BadInput([Problem(("port 8443",), "is taken", "end it")]), 2, "port 8443: is taken; end it"),
        (BuildFailed("compiling etcd", Path("/log"), ["no such package"]), 2, "no such package"),
        (KeyboardInterrupt(), 130, "`lab up` goes on from here"),
    ],
)
def test_what_stops_the_lab_is_reported_without_a_traceback(
    error: BaseException, code: int, message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cluster, "up", failing(error))
    assert ended("up") == code, "scripts read what happened from the code"
    shown = capsys.readouterr()
    assert message in shown.err, "a person reads what to do"
    assert "Traceback" not in shown.err, "a traceback helps no user"
    assert shown.out == "", "what scripts read is the kubeconfig alone"


def test_a_lab_that_is_down_is_said_to_be_down(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended("status") == 1, "nothing runs"
    assert "the lab is down" in capsys.readouterr().out, "an empty list would leave it open"
    assert ended("kubeconfig") == 1, "there is no kubeconfig to print"
    shown = capsys.readouterr()
    assert shown.out == "", "export KUBECONFIG=$(lab kubeconfig) must not get a sentence"
    assert "lab up" in shown.err, "the way out is named"


def test_logs_are_listed_and_shown_by_name(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    home.logs.mkdir(parents=True)
    (home.logs / "etcd.log").write_text("ready\n", "utf-8")
    assert ended("logs") == 0, "the list"
    assert capsys.readouterr().out.strip() == str(home.logs / "etcd.log"), "one path a line"
    assert ended("logs", "etcd") == 0, "one log"
    assert capsys.readouterr().out == "ready\n", "as it was written"
    assert ended("logs", "absent") == 2, "a name that has no log"


def test_the_labs_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("QUADRANT_LAB_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert Home.here().root == tmp_path / "cache" / "quadrant" / "lab", "the user's own cache folder"
