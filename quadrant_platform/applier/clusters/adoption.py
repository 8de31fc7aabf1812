"""The stack's file gets the cluster of the environment, and names it from then on."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from quadrant_platform.host.files import write_atomically
from quadrant_platform.model.stack_file import ENVIRONMENT, SYSTEM

_HEAD = re.compile(r"config:\s*(#.*)?$")


def adopt(file: Path, system: str, stage: str, added: Mapping[str, str]) -> None:
    """Add settings to a stack's file, which keeps its comments; a stack without a file gets one."""
    bare = f"config:\n  {SYSTEM}: {system}\n  {ENVIRONMENT}: {stage}\n"
    write_atomically(file, inserted(file.read_text(encoding="utf-8") if file.exists() else bare, added))


def inserted(text: str, added: Mapping[str, str]) -> str:
    """Return a stack file's text with settings on top of its `config`; existing ones change in place."""
    lines = text.splitlines()
    for key, value in added.items():
        head = next(number for number, line in enumerate(lines) if _HEAD.match(line))
        below = [number for number in range(head + 1, len(lines)) if lines[number].startswith((" ", "\t"))]
        indent = lines[below[0]][: -len(lines[below[0]].lstrip())] if below else "  "
        there = [number for number in below if lines[number].startswith(f"{indent}{key}:")]
        place = there[0] if there else head + 1
        lines[place : place + len(there)] = [f"{indent}{key}: {_scalar(value)}"]
    return "\n".join(lines) + "\n"


def _scalar(value: str) -> str:
    """Write a value plainly where YAML reads it back as it is."""
    return value if yaml.safe_load(value) == value and ": " not in value and " #" not in value else json.dumps(value)
