"""`quadrant diff`: a stack against its cluster, object by object, field by field that we own."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import typer

from quadrant import engine
from quadrant.cluster import desired, opening
from quadrant.cluster.changes import Change, Difference
from quadrant.cluster.rollout import planned
from quadrant.console import Code, Format, progress, say, show_json, show_lines
from quadrant.options import OutputFormat, Stack, System

NAME = "diff"

_SIGNS = {"create": "+", "change": "~", "recreate": "!", "delete": "-"}
_WIDTH = 60


def command(system: System, stack: Stack, output: OutputFormat = Format.TEXT) -> None:
    """Show what `up` would change in the cluster (exit code 1: something)."""
    session = opening.session(opening.target_of(system, stack))
    built = desired.stack(system, stack, opening.brought(session))
    way = engine.applier(opening.stored(session, system))
    if way.pulumi is not None:
        options = ("--refresh", "--diff", "--expect-no-changes", "--policy-pack", engine.PACK)
        config = built.config | session.target.settings
        raise typer.Exit(Code.FOUND if engine.run(way.pulumi, built.name, "preview", *options, config=config) else 0)
    with progress(f"comparing {system} {stack} with the cluster"):
        found = planned(session, built, built.recorded()).changes
    if output is Format.JSON:
        show_json([_as_json(change) for change in found.changes])
    else:
        for change in found.changes:
            show_lines("\n".join([f"{_SIGNS[change.action]} {change.key}", *map(_line, change.fields)]))
        say(found.summary() if found.changes else f"no drift: {found.summary()}")
    if found.changes:
        raise typer.Exit(Code.FOUND)


def _as_json(change: Change) -> dict[str, Any]:
    return {**change.key._asdict(), "action": change.action, "fields": [asdict(field) for field in change.fields]}


def _line(field: Difference) -> str:
    return f"    {field.path}: {_short(field.live)} -> {_short(field.wanted)}"


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"
