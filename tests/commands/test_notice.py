"""Commands that read a system write which of its keys have no effect yet, all in one way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from quadrant_platform.model.loader import load_system, system_file
from quadrant_platform.model.not_built import summary, unbuilt
from tests.commands.running import Runner

STACK = ("--system", "carbon254", "--stack", "prod")
COMMANDS = (("preview",), ("render", "--out", "{}/rendered"), ("check",), ("reach",), ("diagram", "--out", "{}/x.md"))


@pytest.fixture
def expected() -> str:
    return f"declared, not built yet: {summary(unbuilt(load_system(system_file('carbon254'))))}"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_command_that_reads_a_system_names_its_sections(
    quadrant: Runner, tmp_path: Path, command: tuple[str, ...], expected: str
) -> None:
    result = quadrant(*(word.format(tmp_path) for word in command), *STACK)
    assert result.err.splitlines().count(expected) == 1, "one line names the sections that have no effect"
    assert "rollout (4 services)" in expected, "sections of entries are counted"
    assert "not built yet (" not in result.err, "the keys are listed on demand only"


def test_verbose_lists_each_key_with_its_area(quadrant: Runner) -> None:
    lines = quadrant("check", *STACK, "--verbose").err.splitlines()
    assert "  services.projection.rollout: not built yet (delivery)" in lines, "each key names the area that builds it"


def test_programs_get_all_keys_as_json_on_stderr(quadrant: Runner) -> None:
    result = quadrant("check", *STACK, "--format", "json")
    keys = next(json.loads(line)["notBuilt"] for line in result.err.splitlines() if line.startswith("{"))
    assert {"path": ["mesh"], "area": "edge"} in keys, "a key and its area"
    assert json.loads(result.out) == [], "the result itself keeps its form"


def test_a_preview_for_programs_holds_all_keys(quadrant: Runner) -> None:
    document = json.loads(quadrant("preview", *STACK, "--format", "json").out)
    assert {"path": ["mesh"], "area": "edge"} in document["notBuilt"], "what has no effect is part of the plan"


def test_manifests_from_elsewhere_declare_nothing(quadrant: Runner, tmp_path: Path) -> None:
    (tmp_path / "account.yaml").write_text("apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: one}\n")
    assert "not built" not in quadrant("check", "--manifests", tmp_path).err, "there is no system behind them"
