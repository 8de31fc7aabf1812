"""Every system has a folder of its own, and its file names the schema for editors."""

import re
from pathlib import Path

import pytest

from quadrant_platform.model.loader import SYSTEMS, system_file, systems

SCHEMA = re.compile(r"# yaml-language-server: \$schema=(\S+)\n")
FOLDERS = {"config", "secrets"}


@pytest.mark.parametrize("name", systems())
def test_a_systems_file_names_the_schema_that_editors_check_it_with(name: str) -> None:
    file = system_file(name)
    found = SCHEMA.match(file.read_text(encoding="utf-8"))
    assert found, "the first line of the file is for editors"
    schema = (file.parent / found[1]).resolve()
    assert schema == SYSTEMS.resolve().parent / "docs" / "reference" / "system.schema.json", "it is the generated one"
    assert schema.is_file(), "and it exists"


@pytest.mark.parametrize("folder", sorted(SYSTEMS.iterdir()), ids=lambda folder: folder.name)
def test_a_systems_folder_holds_its_file_and_its_templates(folder: Path) -> None:
    assert folder.name in systems(), "each entry under systems/ is the folder of a system"
    found = {entry.name for entry in folder.iterdir()} - {"system.yaml"}
    assert found <= FOLDERS, f"{found - FOLDERS}: name the new kind of file here and in the README"
