"""Reading systems and environments: everything that is wrong with the input is reported at once."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from quadrant_platform.documents.document import Document, read_document
from quadrant_platform.documents.problems import BadInput, KeyPath, Problem, did_you_mean
from quadrant_platform.documents.schema_errors import explain
from quadrant_platform.garbage_collection import collection_paused
from quadrant_platform.model.consistency import problems_of, problems_of_environment, problems_with
from quadrant_platform.model.consistency.salvage import Gaps, Remainder, salvage, words_of
from quadrant_platform.model.schema.environment import PRESETS, Environment, merged
from quadrant_platform.model.schema.system import System
from quadrant_platform.model.schema.types import Stage

SYSTEMS = Path(__file__).parents[2] / "systems"
SYSTEM_FILE = "system.yaml"
AT_OVERRIDES: KeyPath = ("config", "quadrant:overrides")
"""Where a stack's file has the overrides."""
_COUPLED: set[KeyPath] = {("databases",), ("secrets",)}
"""Overrides of which neither can be judged without the other."""


def systems() -> list[str]:
    """Return the names of all systems, which are those of their folders."""
    return sorted(file.parent.name for file in SYSTEMS.glob(f"*/{SYSTEM_FILE}"))


def system_file(name: str) -> Path:
    """Return the file of a system."""
    if name not in systems():
        raise BadInput([Problem((), f"there is no system {name!r} under systems/", did_you_mean(name, systems()))])
    return SYSTEMS / name / SYSTEM_FILE


def load_system(path: Path) -> System:
    """Return the system that a file describes; BadInput with every problem of the file."""
    # A command and the program that it runs in its process both need the system, and parsing is most of the work.
    state = path.stat() if path.is_file() else None
    return _loaded(path, state and (state.st_mtime_ns, state.st_size))


@lru_cache(maxsize=1)
@collection_paused()
def _loaded(path: Path, _version: tuple[int, int] | None) -> System:
    document = read_document(path)
    if not isinstance(document.data, dict):
        raise BadInput([document.problem((), "expected a mapping with the keys of a system", "start with `name:`")])
    words = frozenset(word for value in document.duplicates for word in words_of(value))
    try:
        system = System.model_validate(document.data, by_alias=True, by_name=False)
        faulty: list[Problem] = []
        found = problems_of(system, Gaps(words, words))
    except ValidationError as error:
        faulty = explain(error, System, document.data)
        remainder = salvage(document.data, [problem.path for problem in faulty], _expected_name(path))
        found = _rest(remainder, Gaps(words, words))
    placed = [document.problem(problem.path, problem.what, problem.remedy) for problem in (*faulty, *found)]
    problems = [*document.problems, *placed, *_misnamed(document)]
    if problems:
        raise BadInput(problems)
    return system


def _rest(remainder: Remainder, gaps: Gaps) -> list[Problem]:
    """Return the problems among the entries that have no schema errors."""
    try:
        system = System.model_validate(remainder.data, by_alias=True, by_name=False)
    except ValidationError:
        return []
    found = problems_of(system, remainder.gaps | gaps)
    return [replace(problem, path=remainder.original(problem.path)) for problem in found]


def _misnamed(document: Document) -> list[Problem]:
    name, expected = document.data.get("name"), _expected_name(document.file)
    if not isinstance(name, str) or name == expected:
        return []
    if document.file.name == SYSTEM_FILE:
        place, renamed = f"folder {expected!r}", f"folder to {name}"
    else:
        place, renamed = f"file {document.file.name!r}", f"file to {name}.yaml"
    what = f"the system is called {name!r} and its {place}; a system is found by its name"
    return [document.problem(("name",), what, f"write `name: {expected}` or rename the {renamed}")]


def _expected_name(file: Path) -> str:
    """Return the name of a system by the place of its file: that of its folder, or of a file that stands alone."""
    return file.parent.name if file.name == SYSTEM_FILE else file.stem


def load_environment(
    preset: str, overrides: Mapping[str, Any], file: Path | None = None, system: System | None = None
) -> Environment:
    """Return a preset with overrides laid over it.

    With the stack's file, problems have its lines; with the system, the two are checked against each other.
    """
    stages = [str(stage) for stage in PRESETS]
    if preset not in stages:
        problem = Problem((), f"there is no preset {preset!r}", did_you_mean(preset, stages))
        raise BadInput(placed_in_stack([problem], file))
    stage = Stage(preset)
    data = merged(PRESETS[stage], dict(overrides))
    try:
        environment = Environment.model_validate(data, by_alias=True, by_name=False)
    except ValidationError as error:
        faulty = explain(error, Environment, data)
        raise BadInput(placed_in_stack([*faulty, *_rest_of(overrides, faulty, stage, system)], file)) from None
    problems = _problems_in(environment, stage, system)
    if problems:
        raise BadInput(placed_in_stack(problems, file))
    return environment


def _rest_of(overrides: Mapping[str, Any], faulty: list[Problem], stage: Stage, system: System | None) -> list[Problem]:
    """Return the problems among the overrides that have no schema errors."""
    left_out = {problem.path[:1] for problem in faulty}
    if left_out & _COUPLED:
        left_out |= _COUPLED
    kept = {key: value for key, value in overrides.items() if (key,) not in left_out}
    try:
        environment = Environment.model_validate(merged(PRESETS[stage], kept), by_alias=True, by_name=False)
    except ValidationError:
        return []
    return [problem for problem in _problems_in(environment, stage, system) if problem.path[:1] not in left_out]


def _problems_in(environment: Environment, stage: Stage, system: System | None) -> list[Problem]:
    found = problems_of_environment(environment, stage)
    return found if system is None else [*found, *problems_with(system, environment)]


def placed_in_stack(problems: Iterable[Problem], file: Path | None) -> list[Problem]:
    """Return problems with lines of the stack's file, where there is one."""
    if file is None:
        return list(problems)
    document = read_document(file)
    return [replace(problem, file=file, line=document.line((*AT_OVERRIDES, *problem.path))) for problem in problems]
