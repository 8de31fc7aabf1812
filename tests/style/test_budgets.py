"""Files and functions stay small enough to be read at once, and no check is silenced."""

import ast
import re
from pathlib import Path

import pytest

from tests.style.sources import PACKAGES, ROOT, committed_texts, functions, parsed, python_files, relative

FILE_LINES = 200
FUNCTION_LINES = 40
PROGRAM_LINES = 90

# Written in two parts, so that this file does not hold what it forbids.
SILENCED = re.compile(r"#\s*(type:\s*" + r"ignore|no" + r"qa|pragma:\s*no" + r"\s?cover)")
PACKAGE_INDEXES = ("pypi" + ".org", "pythonhosted" + ".org", "proxy.golang" + ".org", "--index" + "-url")
MACHINE_PATHS = ("/wo" + "rk/", "/ro" + "ot/")
SCRATCH = "/t" + "mp/"
# Paths inside containers are the subject matter there.
MANIFEST_FOLDERS = ("systems/", "components/", "policies/", "lab/", "tests/", "docs/")
LOGIC = (ast.While, ast.Try, ast.Match, ast.FunctionDef, ast.ClassDef, ast.Lambda)


@pytest.mark.parametrize("path", python_files(*PACKAGES), ids=relative)
def test_a_file_can_be_read_in_one_sitting(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= FILE_LINES, f"{relative(path)} has {lines} lines: split it by concern"


@pytest.mark.parametrize("path", python_files(*PACKAGES), ids=relative)
def test_a_function_fits_on_a_screen(path: Path) -> None:
    lengths = {node.name: (node.end_lineno or node.lineno) - node.lineno + 1 for node in functions(path)}
    long = {name: length for name, length in lengths.items() if length > FUNCTION_LINES}
    assert not long, f"{relative(path)}: {long} lines, at most {FUNCTION_LINES}: give the parts their own names"


@pytest.mark.parametrize("path", python_files(*PACKAGES, "tests", "bench"), ids=relative)
def test_no_check_is_silenced(path: Path) -> None:
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    silenced = [number for number, line in lines if SILENCED.search(line)]
    assert not silenced, f"{relative(path)} silences a check in lines {silenced}: mend the cause"


def test_no_file_names_a_package_index() -> None:
    found = {name: host for name, text in committed_texts().items() for host in PACKAGE_INDEXES if host in text}
    assert not found, f"{found}: each machine sets where packages are fetched from"


def test_no_file_names_a_path_of_one_machine() -> None:
    found = {
        name: place
        for name, text in committed_texts().items()
        for place in (*MACHINE_PATHS, SCRATCH)
        if re.search(rf"(?<![\w.-]){place}", text) and not (place == SCRATCH and name.startswith(MANIFEST_FOLDERS))
    }
    assert not found, f"{found}: these paths exist on one machine only"


def test_the_program_is_a_table_of_contents() -> None:
    program = ROOT / "__main__.py"
    lines = len(program.read_text(encoding="utf-8").splitlines())
    logic = {type(node).__name__ for node in ast.walk(parsed(program)) if isinstance(node, LOGIC)}
    assert lines <= PROGRAM_LINES, f"__main__.py has {lines} lines: one call per component"
    assert not logic, f"__main__.py holds {logic}: decisions belong into model or components"
