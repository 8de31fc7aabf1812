"""How long a command sleeps; the numbers were measured with `time` on the real commands, the units by GNU sleep."""

from __future__ import annotations

import subprocess
import time

import pytest

from quadrant_platform.policies.rules.workloads.sleeping import seconds_slept

SURE = (
    (["sleep", "60"], 60), (["/bin/sleep", "1m"], 60), (["sleep", "1m", "30"], 90), (["sleep", "0.5"], 0.5),
    (["sh", "-c", "sleep 60"], 60), (["/bin/bash", "-ec", "sleep 5; nginx -s quit; sleep 20"], 25),
    (["sh", "-c", "sleep 5 && kill 1\nsleep 10"], 15), (["sh", "-c", "sleep 7 # wait"], 7),
    (["sleep", "infinity"], float("inf")),
)  # fmt: skip
UNSURE: tuple[list[str], ...] = (
    ["sh", "-c", "sleep 60 &"], ["sh", "-c", "ready || sleep 60"], ["sh", "-c", "while busy; do sleep 60; done"],
    ["sh", "-c", "if busy; then sleep 60; fi"], ["sh", "-c", "sleep $SECONDS"], ["sh", "-c", "echo 'sleep 60"],
    ["sh", "-c", "exit 0; sleep 60"], ["sh"], [], ["sleep", "soon"], ["nginx", "-s", "quit"],
)  # fmt: skip


@pytest.mark.parametrize(("command", "seconds"), SURE, ids=str)
def test_a_command_that_surely_sleeps_is_known_for_how_long(command: list[str], seconds: float) -> None:
    assert seconds_slept(command) == seconds, "each step runs, one after the other"


@pytest.mark.parametrize("command", UNSURE, ids=str)
def test_what_may_not_run_is_not_counted(command: list[str]) -> None:
    assert seconds_slept(command) == 0, "a finding must be certain"


@pytest.mark.parametrize("script", ["sleep 0.1; sleep 0.2", "sleep 0.1 && true; sleep .1s", "sleep 0.2 # 9"])
def test_a_shell_sleeps_at_least_as_long(script: str) -> None:
    begin = time.monotonic()
    subprocess.run(["/bin/sh", "-c", script], check=True)
    assert time.monotonic() - begin >= seconds_slept(["/bin/sh", "-c", script]) > 0, "the real shell says so"
