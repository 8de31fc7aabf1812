"""The tests themselves can be read as sentences."""

import ast
from pathlib import Path

import pytest

from tests.style.sources import functions, python_files, relative

FEWEST_WORDS = 4
TEST_FILES = [path for path in python_files("tests") if path.name.startswith("test_")]


@pytest.mark.parametrize("path", TEST_FILES, ids=relative)
def test_a_name_is_a_sentence(path: Path) -> None:
    names = [node.name.removeprefix("test_") for node in functions(path) if node.name.startswith("test_")]
    terse = [name for name in names if len(name.split("_")) < FEWEST_WORDS]
    assert not terse, f"{relative(path)}: {terse} should state what holds"


@pytest.mark.parametrize("path", TEST_FILES, ids=relative)
def test_an_assertion_gives_its_reason(path: Path) -> None:
    bare = [
        node.lineno
        for function in functions(path)
        if function.name.startswith("test_")
        for node in ast.walk(function)
        if isinstance(node, ast.Assert) and node.msg is None
    ]
    assert not bare, f"{relative(path)}: the assertions of lines {bare} give no reason"
