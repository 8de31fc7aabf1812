"""A stack's settings: the system, the preset and the overrides that they name, and what is wrong with them."""

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from quadrant_platform.documents.document import Document, read_document
from quadrant_platform.documents.problems import BadInput, KeyPath, Problem, did_you_mean, nearest
from quadrant_platform.model.expansion.retention import EVERYTHING, Retention
from quadrant_platform.model.loader import AT_OVERRIDES, load_environment, load_system, system_file, systems
from quadrant_platform.model.schema.environment import PRESETS, Environment, merged
from quadrant_platform.model.schema.system import System

SYSTEM, ENVIRONMENT, OVERRIDES = "quadrant:system", "quadrant:environment", "quadrant:overrides"
KUBECONFIG, CONTEXT = "quadrant:kubeconfig", "quadrant:context"
RELEASE = "quadrant:release"
SETTINGS = (SYSTEM, ENVIRONMENT, OVERRIDES, KUBECONFIG, CONTEXT, RELEASE)
DEFAULT_PRESET = "dev"

ENGINE = frozenset({"encryptionsalt", "encryptedkey", "secretsprovider", "environment"})
"""What the engine itself keeps in the file, also of a stack that sets nothing yet."""


def load_stack(settings: Mapping[str, str], file: Path | None = None) -> tuple[System, Environment]:
    """Return the system and the environment of a stack; with its file, problems have its lines.

    `settings` are as the engine hands them over: text, or JSON where a setting is a mapping.
    """
    if file and (problems := problems_of_stack(file)):
        raise BadInput(problems)
    if SYSTEM not in settings:
        remedy = f"run `pulumi config set {SYSTEM} NAME` with one of: {', '.join(systems())}"
        raise BadInput([Problem((SYSTEM,), "the stack names no system", remedy)])
    system = load_system(system_file(settings[SYSTEM]))
    overrides = _overrides(settings.get(OVERRIDES, "{}"), file)
    return system, load_environment(settings.get(ENVIRONMENT, DEFAULT_PRESET), overrides, file, system)


def fitted_environment(
    settings: Mapping[str, str], system: System, found: Mapping[str, Any], file: Path | None = None
) -> Environment:
    """Return the environment of a stack with what a cluster says of itself, over which the stack's own words go."""
    overrides = merged(dict(found), _overrides(settings.get(OVERRIDES, "{}"), file))
    return load_environment(settings.get(ENVIRONMENT, DEFAULT_PRESET), overrides, file, system)


def _overrides(text: str, file: Path | None) -> dict[str, Any]:
    try:
        overrides = json.loads(text)
    except json.JSONDecodeError:
        overrides = text
    if not isinstance(overrides, dict | None):
        what, remedy = f"expected a mapping, found {overrides!r}", "write what differs from the preset, key by key"
        raise BadInput([(read_document(file).problem if file else Problem)(AT_OVERRIDES, what, remedy)])
    return overrides or {}


def release(settings: Mapping[str, str], retention: Retention, file: Path | None = None) -> frozenset[str]:
    """Return the data that a stack lets go; BadInput with every name that nothing with data has."""
    at: KeyPath = ("config", RELEASE)
    problem = read_document(file).problem if file else Problem
    names = released_names(settings)
    known = retention.words
    if names is None:
        what, remedy = f"expected a list of names, found {settings[RELEASE]!r}", "write them as a list: `[NAME]`"
        raise BadInput([problem(at, what, remedy)])
    found = [problem((*at, index), *_idle(name, known)) for index, name in enumerate(names) if name not in known]
    if EVERYTHING in names and len(names) > 1:
        found.append(problem(at, f"{EVERYTHING!r} lets everything go, beside other names", "write it alone, or them"))
    if found:
        raise BadInput(found)
    return frozenset(names)


def released_names(settings: Mapping[str, str]) -> list[str] | None:
    """Return what a stack lets go, in its own words; None where they are no list of names."""
    try:
        names = json.loads(settings.get(RELEASE, "[]"))
    except json.JSONDecodeError:
        return None
    return names if isinstance(names, list) and all(isinstance(name, str) for name in names) else None


def _idle(name: str, known: Collection[str]) -> tuple[str, str]:
    """Return what is wrong with a name that lets nothing go, and the remedy."""
    near = nearest(name, known)
    meant = f"did you mean {near!r}? " if near else ""
    remedy = f"{meant}A name lets data go while its row still stands; once the row is gone, remove the name"
    return f"nothing of this stack that holds data is called {name!r}", remedy


def problems_of_stack(file: Path) -> list[Problem]:
    """Return the settings that nothing reads, and the names that nothing has; overrides are the environment's."""
    document = read_document(file)
    data = document.data if isinstance(document.data, dict) else {"": document.data}
    config = data.get("config", {} if data.keys() <= ENGINE else None)
    if not isinstance(config, dict):
        return [document.problem(("config",), "a stack's file holds a mapping `config`", "add it")]
    return [*document.problems, *_unknown(document, config), *_misnamed(document, config)]


def _unknown(document: Document, config: dict[str, Any]) -> Iterator[Problem]:
    for key in map(str, config):
        if key.startswith("quadrant:") and key not in SETTINGS:
            what = f"unknown setting {key!r}"
            yield document.problem(("config", key), what, did_you_mean(key, SETTINGS))


def _misnamed(document: Document, config: dict[str, Any]) -> Iterator[Problem]:
    stages = [str(stage) for stage in PRESETS]
    for key, what, known in ((SYSTEM, "system", systems()), (ENVIRONMENT, "preset", stages)):
        if key in config and config[key] not in known:
            problem = f"there is no {what} {config[key]!r}"
            yield document.problem(("config", key), problem, did_you_mean(str(config[key]), known))
