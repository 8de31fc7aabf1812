"""A test file lies where its module does: `tests/<package>/<same path>/test_<module>.py`."""

from pathlib import Path

import pytest

from tests.style.sources import ROOT, python_files, relative

FREE = {
    "cluster", "demands", "engine", "evidence", "golden", "oracles", "packaging", "style", "systems", "workflows",
}  # fmt: skip
"""Folders of tests of the whole: of a cluster, of systems, of the repository."""
AT_THE_TOP = {"bench", "components", "policies", "tools"}
MAPPED = [
    path
    for path in python_files("tests")
    if path.name.startswith("test_") and path.relative_to(ROOT / "tests").parts[0] not in FREE
]


def folder_of_subjects(path: Path) -> Path:
    """Return the folder whose modules a test file tests."""
    parts = path.parent.relative_to(ROOT / "tests").parts
    return ROOT.joinpath(*parts) if parts and parts[0] in AT_THE_TOP else ROOT.joinpath("quadrant_platform", *parts)


def subjects(folder: Path) -> set[str]:
    """Return the names of the modules and folders in a folder."""
    return {entry.stem.strip("_") for entry in folder.iterdir() if entry.suffix == ".py" or entry.is_dir()}


@pytest.mark.parametrize("path", MAPPED, ids=relative)
def test_a_test_file_has_the_place_and_the_name_of_its_module(path: Path) -> None:
    folder, name = folder_of_subjects(path), path.stem.removeprefix("test_")
    assert folder.is_dir(), f"{relative(path)}: there is no folder {relative(folder)}"
    named = [subject for subject in subjects(folder) if name == subject or name.startswith(f"{subject}_")]
    assert named, f"{relative(path)}: {relative(folder)} has no module {name!r}, nor one that this name begins with"


def test_every_folder_of_free_tests_exists() -> None:
    missing = [name for name in sorted(FREE) if not (ROOT / "tests" / name).is_dir()]
    assert not missing, f"{missing}: remove them from the list"
