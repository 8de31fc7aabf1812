"""Stand-ins for the machine's tools: shell scripts on a PATH of the test's own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from quadrant_platform.lab.build import go_modules
from quadrant_platform.lab.build.go_modules import GoModule
from quadrant_platform.lab.machine.home import Home

Tool = Callable[[str, str], None]

GO = """
case $1 in
  env) shift; for name; do
    case $name in GOVERSION) echo "go$VERSION" ;; GOTOOLCHAIN) echo "${TOOLCHAIN-local}" ;; *) echo "$CACHES" ;; esac
  done ;;
  build)
    echo "$*" >> "$CALLS"
    while [ "$1" != -o ]; do shift; done
    echo "a program" > "$2server"
    exit "$CODE" ;;
esac
"""
"""Prints what it is asked, notes its calls, and writes one program; each test sets how."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tool:
    """Return what puts a script on PATH, where nothing else is."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def add(name: str, script: str) -> None:
        file = folder / name
        file.write_text(f"#!/bin/sh\n{script}", encoding="utf-8")
        file.chmod(0o755)

    return add


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """Return the file in which stand-ins note their calls, one a line."""
    file = tmp_path / "calls"
    file.touch()
    return file


@pytest.fixture
def go(tool: Tool, tmp_path: Path, calls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a Go on PATH that succeeds."""
    monkeypatch.delenv("SUDO_USER", raising=False)
    for name, value in {"VERSION": "1.99.0", "CACHES": str(tmp_path), "CALLS": str(calls), "CODE": "0"}.items():
        monkeypatch.setenv(name, value)
    tool("go", GO)


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GoModule:
    """Return the only module of the catalogue, whose one program is `engine`."""
    folder = tmp_path / "modules" / "engine"
    folder.mkdir(parents=True)
    (folder / "go.mod").write_text("module lab/engine\n\ngo 1.98.0\n", encoding="utf-8")
    (folder / "go.sum").write_text("", encoding="utf-8")
    only = GoModule("engine", {"engine": "example.com/server/v3"}, 0.01)
    monkeypatch.setattr(go_modules, "MODULES_FOLDER", tmp_path / "modules")
    monkeypatch.setattr("quadrant_platform.lab.build.program_builds.PROGRAMS", {"engine": only})
    monkeypatch.setattr("quadrant_platform.lab.build.image_builds.PROGRAMS", {"engine": only})
    return only


def quiet(line: str) -> None:
    """Hear a line of progress that a test does not ask about."""
