"""The command line keeps its promises: exit codes, and results alone on stdout."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pulumi
import pytest

from quadrant_platform.commands import cli, console
from quadrant_platform.lab.build.failure import BuildFailed
from tests.commands.running import STACK, Runner

ROOT = Path(cli.__file__).parents[2]
COMMANDS = ("preview", "render", "check", "reach", "diagram", "doctor")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(quadrant: Runner, command: str) -> None:
    result = quadrant(command, "--help")
    assert result.code == 0, result.err
    assert "--format" in result.out, "every command can write for programs"


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["preview"],
        ["preview", "--system", "agents"],
        ["preview", *STACK, "--format", "xml"],
        ["preview", *STACK, "--nonsense"],
        ["check", "--system", "agents"],
        ["check", *STACK, "--manifests", "."],
        ["reach", *STACK, "only-one-end"],
        ["preview", "--system", "motovalt", "--stack", "dev"],
        ["reach", "--system", "agents", "--stack", "test"],
    ],
    ids=" ".join,
)
@pytest.mark.usefixtures("sample")
def test_wrong_usage_is_bad_input(quadrant: Runner, arguments: list[str]) -> None:
    result = quadrant(*arguments)
    assert result.code == 2, "2 means that the caller has to change something"
    assert not result.out, "stdout holds only results"
    assert result.err, "the caller reads what to change"


def test_an_error_in_a_system_is_bad_input_without_a_traceback(
    quadrant: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = "systems/agents/system.yaml:7: services.app.image: 'x' has no tag"

    def refuse(*_: object, **__: object) -> None:
        raise pulumi.RunError(message)

    monkeypatch.setattr("quadrant_platform.program.stacks.record", refuse)
    result = quadrant("reach", *STACK)
    assert (result.code, result.err.strip()) == (2, message), "the program's own message is all that is needed"


def test_a_build_that_failed_is_reported_with_its_log_and_is_no_internal_error(
    quadrant: Runner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise BuildFailed("etcd", tmp_path / "etcd.log", ["no space left"])

    monkeypatch.setattr("quadrant_platform.program.stacks.record", fail)
    result = quadrant("reach", *STACK)
    assert result.code == 2, "the cause is the machine, not a mistake of ours"
    assert "no space left" in result.err, "the builder's own last words"


@pytest.mark.parametrize(("debug", "traceback"), [("0", False), ("1", True)])
def test_an_internal_error_is_short_unless_debugging(
    quadrant: Runner, monkeypatch: pytest.MonkeyPatch, debug: str, traceback: bool
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ArithmeticError("seven")

    monkeypatch.setattr("quadrant_platform.program.stacks.record", fail)
    monkeypatch.setenv("QUADRANT_DEBUG", debug)
    result = quadrant("reach", *STACK)
    assert result.code == 3, "3 means that the caller did nothing wrong"
    assert "internal error: ArithmeticError: seven" in result.err, "the message names the failure"
    assert ("Traceback" in result.err) is traceback, "the traceback is for whoever asks for it"


@pytest.mark.usefixtures("sample")
def test_progress_goes_to_stderr_and_only_after_a_moment(quadrant: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "PATIENCE", 60)
    assert "…" not in quadrant("reach", *STACK).err, "a quick command reports no progress"
    monkeypatch.setattr(console, "PATIENCE", 0)
    result = quadrant("reach", *STACK, "--format", "json")
    assert "computing" in result.err, "the wait is explained"
    assert json.loads(result.out), "stdout is nothing but the result"


@pytest.mark.parametrize("variables", [{}, {"NO_COLOR": "1"}])
def test_a_module_run_writes_no_colours_into_a_pipe(variables: dict[str, str]) -> None:
    environment = {**os.environ, "TERM": "xterm-256color", **variables}
    command = [sys.executable, "-m", "quadrant_platform", "reach", "--system", "nobody", "--stack", "dev"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "\x1b" not in done.stdout + done.stderr, "escape codes are for terminals"


def test_the_doctor_always_leaves_in_good_health(quadrant: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    result = quadrant("doctor", "--format", "json")
    findings = {finding["what"]: finding for finding in json.loads(result.out)}
    assert result.code == 0, "a lack is information, not a failure"
    assert not findings["dot"]["present"], "there is nothing on an empty PATH"
    assert ".md" in findings["dot"]["cost"], "a lack has its cost and an alternative"


def test_the_doctor_names_what_a_machine_needs(quadrant: Runner) -> None:
    text = quadrant("doctor").out
    wanted = ("Python", "virtual environment", "go", "dot", "pulumi", "kubectl", "docker", "kind", "containerd", "root")
    assert [name for name in (*wanted, "memory", "disk") if name not in text] == [], (
        "nothing that was asked about may be missing"
    )
