"""Templates: an example of every configuration and secret file that a developer has to fill in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

import yaml

from quadrant_platform.model.schema.system import System


def templates(system: System) -> dict[str, str]:
    """Return the templates of a system: text by path, relative to the project."""
    root = PurePosixPath("systems", system.name)
    return {str(root / path): text for path, text in (*_configs(system), *_secrets(system))}


def _configs(system: System) -> Iterator[tuple[str, str]]:
    for name, config in system.configs.items():
        text = config.content
        if not isinstance(text, str):
            text = yaml.dump(text, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True)
        yield f"config/{name}/{PurePosixPath(config.path).name}.example", text


def _secrets(system: System) -> Iterator[tuple[str, str]]:
    for secret in system.secrets.values():
        for key, place in secret.keys.items():
            yield f"secrets/{secret.group}/{key}.example", f"<{place.path}#{place.property} of the vault>\n"
