"""Secrets: the places that need one value get one, and composed values come to an end."""

from __future__ import annotations

import re
from collections.abc import Mapping

from quadrant_platform.documents.problems import Problem
from quadrant_platform.model.consistency.context import Context, Found
from quadrant_platform.model.consistency.files import composed, secret_uses, single_values

_FILE_NAME = re.compile(r"[-._a-zA-Z0-9]{1,253}")


def references(context: Context) -> Found:
    """Check that the secrets of stores, middlewares and composed secrets are declared; `files` checks containers."""
    for path, name in secret_uses(context):
        if path[0] not in ("services", "jobs"):
            yield from context.unknown(path, name, "secret", context.system.secrets)


def single(context: Context) -> Found:
    """Check that a secret used as one value has one key."""
    for path, name in single_values(context):
        secret = context.system.secrets.get(name)
        if secret is not None and len(secret.keys) > 1:
            what = f"{name!r} has several keys ({', '.join(secret.keys)}), and one value is needed here"
            yield Problem(path, what, "make it a secret of its own with one key")


def file_names(context: Context) -> Found:
    """Check that a key is a file name, and a key of a Kubernetes Secret."""
    for name, secret in context.system.secrets.items():
        for file in secret.keys:
            if not _FILE_NAME.fullmatch(file):
                what = f"{file!r} is not a file name that a Secret may have: letters, digits, '-', '_' and '.'"
                yield Problem(("secrets", name, "keys", file), what, "rename the key")


def cycles(context: Context) -> Found:
    """Check that no secret is composed of itself."""
    parts = {name: _parts(context, name) for name in context.system.secrets}
    done: set[str] = set()
    for name in parts:
        cycle = _cycle(parts, name, done)
        if cycle:
            what = f"a value composed of itself: {' -> '.join(cycle)}; it could never be made"
            yield Problem(("secrets", cycle[0], "keys"), what, "take one of the references out")


def _parts(context: Context, name: str) -> list[str]:
    return list(dict.fromkeys(word for _, word in composed(context, name)))


def _cycle(parts: Mapping[str, list[str]], start: str, done: set[str]) -> list[str]:
    """Return the first cycle below a secret, its first name at both ends; `done` keeps what was seen before."""
    trail: list[str] = []
    pending = [(start, 0)]
    while pending:
        name, depth = pending.pop()
        del trail[depth:]
        if name in trail:
            return [*trail[trail.index(name) :], name]
        if name not in done:
            done.add(name)
            trail.append(name)
            pending.extend((part, len(trail)) for part in parts.get(name, ()))
    return []
