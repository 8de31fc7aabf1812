"""Writes what every stack registers to files that a reader of a change compares.

`python -m tests.golden.regenerate` writes them, `--check` says what differs and exits with 1.
"""

from __future__ import annotations

import argparse
import difflib
import itertools
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from quadrant_platform.program.recorder import Recording
from quadrant_platform.program.rendering import files
from tests.stacks import STACKS, recorded

FOLDER = Path(__file__).parent
SUFFIXES = (".yaml", ".urns")
HEAD = 40
"""Lines of a difference that are shown."""


def texts(name: str, recording: Recording) -> dict[str, str]:
    """The golden files of one stack: its objects in the order of application, and the URNs of all its resources."""
    objects = "".join(f"---\n{text}" for text in files(recording.manifests()).values())
    urns = "".join(f"{urn}\n" for urn in sorted(one.urn for one in recording.resources))
    return {f"{name}.yaml": objects, f"{name}.urns": urns}


def golden(system: str, stage: str) -> dict[str, str]:
    """The golden files of one stack as the program makes them now."""
    return texts(f"{system}-{stage}", recorded(system, stage))


def difference(name: str, expected: str, found: str) -> str:
    """The head of the difference between a file and what it should hold."""
    lines = difflib.unified_diff(
        found.splitlines(), expected.splitlines(), f"{name} (committed)", f"{name} (now)", lineterm=""
    )
    return "\n".join(itertools.islice(lines, HEAD))


def differences(expected: dict[str, str], folder: Path) -> Iterator[str]:
    """The heads of the differences between some files and a folder."""
    for name, text in expected.items():
        file = folder / name
        found = file.read_text(encoding="utf-8") if file.exists() else ""
        if found != text:
            yield difference(name, text, found)


def stale(expected: dict[str, str], folder: Path) -> list[Path]:
    """The golden files in a folder that no stack has."""
    return sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES and path.name not in expected)


def check(expected: dict[str, str], folder: Path) -> int:
    """Print what differs; 1 where something does."""
    found = [*differences(expected, folder), *(f"{path.name} belongs to no stack" for path in stale(expected, folder))]
    for text in found:
        print(text)
    return 1 if found else 0


def write(expected: dict[str, str], folder: Path) -> int:
    """Write the files and remove those of stacks that are gone."""
    for path in stale(expected, folder):
        path.unlink()
    for name, text in expected.items():
        (folder / name).write_text(text, encoding="utf-8")
    return 0


def main(arguments: Sequence[str]) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Write the golden files of all stacks.")
    parser.add_argument("--check", action="store_true", help="say what differs, write nothing")
    parsed = parser.parse_args(arguments)
    expected = {name: text for stack in STACKS for name, text in golden(*stack).items()}
    return check(expected, FOLDER) if parsed.check else write(expected, FOLDER)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
