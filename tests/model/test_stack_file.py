"""A stack's file that sets nothing is sound; what it sets has to mean something, and so has what it lets go."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from quadrant_platform.documents.problems import BadInput
from quadrant_platform.model.stack_file import problems_of_stack, release
from tests.stacks import planned


def problems(folder: Path, text: str) -> list[str]:
    """Return what is wrong with a file of this text."""
    file = folder / "Pulumi.new.yaml"
    file.write_text(text)
    return [problem.what for problem in problems_of_stack(file)]


def test_a_file_with_the_engines_own_keys_only_is_sound(tmp_path: Path) -> None:
    assert problems(tmp_path, "encryptionsalt: v1:abc=\n") == [], "the engine made it, and nothing is set yet"


def test_a_misspelt_section_is_no_configuration(tmp_path: Path) -> None:
    assert problems(tmp_path, "confg: {}\n") == ["a stack's file holds a mapping `config`"], (
        "its settings would be lost"
    )


def refused(tmp_path: Path, text: str, stage: str = "prod") -> list[str]:
    """Return what is wrong with what a stack's file lets go, of this text."""
    file = tmp_path / "Pulumi.new.yaml"
    file.write_text(f"config:\n  quadrant:system: motovault\n  quadrant:release: {text}\n")
    config = {"quadrant:release": json.dumps(yaml.safe_load(text))}
    with pytest.raises(BadInput) as error:
        release(config, planned("motovault", stage).retention, file)
    return [str(problem).partition(": config.")[2] for problem in error.value.problems]


def test_what_is_let_go_is_a_set_of_names() -> None:
    words = '["platform-backup", "motovault-database/admin-postgres"]'
    retention = planned("motovault", "prod").retention
    assert release({"quadrant:release": words}, retention) == set(json.loads(words)), "names and places"
    assert release({}, retention) == set(), "nothing by default"


def test_a_name_without_data_is_refused_with_line_and_nearest_name(tmp_path: Path) -> None:
    [problem] = refused(tmp_path, "[platform-backup, admin-postgrs]")
    assert problem.startswith("quadrant:release.1: nothing of this stack that holds data is called 'admin-postgrs'"), (
        "what is wrong"
    )
    assert "did you mean 'admin-postgres'?" in problem, "the nearest one"
    assert "once the row is gone, remove the name" in problem, "a name that was right before is the other cause"


def test_a_name_that_is_unknown_has_the_files_line(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.new.yaml"
    file.write_text("config:\n  quadrant:release:\n    - nonsense\n")
    with pytest.raises(BadInput, match=r"Pulumi.new.yaml:3: config.quadrant:release.0"):
        release({"quadrant:release": '["nonsense"]'}, planned("motovault", "prod").retention, file)


@pytest.mark.parametrize("text", ["platform-backup", "5", "{a: b}", "[1]"])
def test_what_is_no_list_of_names_is_refused(tmp_path: Path, text: str) -> None:
    [problem] = refused(tmp_path, text)
    assert problem.startswith("quadrant:release: expected a list of names"), "the form is named"


def test_everything_and_a_name_is_refused(tmp_path: Path) -> None:
    [problem] = refused(tmp_path, '["*", platform-backup]')
    assert "write it alone" in problem, "the name would add nothing"
