"""Reading systems and environments: everything that is wrong with the input is reported at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from model.document import read_document
from model.environment import PRESETS, Environment, merged
from model.errors import BadInput, Problem, did_you_mean
from model.system import System
from model.types import Stage

SYSTEMS = Path(__file__).parent.parent / "systems"


def systems() -> list[str]:
    """Return the names of the systems that have a file."""
    return sorted(file.stem for file in SYSTEMS.glob("*.yaml"))


def system_file(name: str) -> Path:
    """Return the file of a system."""
    if name not in systems():
        raise BadInput([Problem((), f"there is no system {name!r} under systems/", did_you_mean(name, systems()))])
    return SYSTEMS / f"{name}.yaml"


def load_system(path: Path) -> System:
    """Return the system that a file describes; BadInput with every problem of the file."""
    document = read_document(path)
    try:
        system = System.model_validate(document.data)
    except ValidationError as error:
        raise BadInput(
            [*document.problems, *(document.problem(item["loc"], item["msg"]) for item in error.errors())]
        ) from None
    if document.problems:
        raise BadInput(document.problems)
    return system


def load_environment(preset: str, overrides: Mapping[str, Any], file: Path | None = None) -> Environment:
    """Return a preset with overrides laid over it; with the stack's file, problems name its lines."""
    try:
        return Environment.model_validate(merged(PRESETS[Stage(preset)], dict(overrides)))
    except ValidationError as error:
        raise BadInput([Problem(item["loc"], item["msg"], file=file) for item in error.errors()]) from None
