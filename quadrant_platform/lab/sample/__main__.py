"""`python3 -m sample serve|migrate`: exit 0 when done, 1 when a database refuses, 2 for bad input."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence

import psycopg

from .app import Health, application
from .dependencies import Dependency, dependencies
from .instrumentation import log_to_stdout
from .invocation import Files, Settings, files, parsed
from .migrate import migrate
from .server import serve

LOG = logging.getLogger("sample")


def main(arguments: Sequence[str]) -> int:
    """Run one command and return the exit code."""
    command, settings = parsed(arguments)
    try:
        found = files(os.environ)
        log_to_stdout(settings.name, found.config)
        needed = dependencies(found, settings)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"sample: {error}; correct the file, or CONFIG_PATH and SECRETS_DIR\n")
        return 2
    return _migrate(settings, needed) if command == "migrate" else _serve(settings, found, needed)


def _serve(settings: Settings, found: Files, needed: Sequence[Dependency]) -> int:
    health = Health()
    try:
        serve(application(settings, health, needed, tuple(found.secrets.values())), health, settings)
    except OSError as error:
        sys.stderr.write(f"sample: cannot listen on {dict(settings.ports)}: {error}; choose other ports\n")
        return 2
    return 0


def _migrate(settings: Settings, needed: Sequence[Dependency]) -> int:
    databases = [one for one in needed if one.kind == "postgresql"]
    if not databases:
        sys.stderr.write("sample: the files name no PostgreSQL server that --calls permits; add it to one of them\n")
        return 2
    try:
        migrate(databases, settings.name)
    except psycopg.Error:
        LOG.exception("the migration failed")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
