"""A stack's file: what it may set, and what is wrong with its settings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from quadrant_platform.documents.document import Document, read_document
from quadrant_platform.documents.problems import Problem, did_you_mean
from quadrant_platform.model.loader import systems
from quadrant_platform.model.schema.environment import PRESETS

SETTINGS = tuple(f"quadrant:{key}" for key in ("system", "environment", "overrides", "kubeconfig", "context"))

ENGINE = frozenset({"encryptionsalt", "encryptedkey", "secretsprovider", "environment"})
"""What the engine itself keeps in the file, also of a stack that sets nothing yet."""


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
            what = f"unknown setting {key!r}; a setting that nobody reads is a mistake"
            yield document.problem(("config", key), what, did_you_mean(key, SETTINGS))


def _misnamed(document: Document, config: dict[str, Any]) -> Iterator[Problem]:
    stages = [str(stage) for stage in PRESETS]
    for key, what, known in (("quadrant:system", "system", systems()), ("quadrant:environment", "preset", stages)):
        if key in config and config[key] not in known:
            told = f"there is no {what} {config[key]!r}"
            yield document.problem(("config", key), told, did_you_mean(str(config[key]), known))
