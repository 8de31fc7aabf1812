"""A stack's file that sets nothing is sound; what it sets has to mean something."""

from __future__ import annotations

from pathlib import Path

from quadrant_platform.model.stack_file import problems_of_stack


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
