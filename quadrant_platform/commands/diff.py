"""`quadrant diff`: a stack against its cluster, object by object, field by field that we own."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import typer

from quadrant_platform.applier.applying import cluster_session, pulumi_cli
from quadrant_platform.applier.planning import desired
from quadrant_platform.applier.planning.apply_plan import plan_changes
from quadrant_platform.applier.planning.changes import Change, FieldDifference
from quadrant_platform.commands.console import ExitCode, Format, progress, say, show_json, show_lines
from quadrant_platform.commands.options import OutputFormat, Stack, System

NAME = "diff"

_SIGNS = {"create": "+", "change": "~", "recreate": "!", "delete": "-"}
_WIDTH = 60


def command(system: System, stack: Stack, output: OutputFormat = Format.TEXT) -> None:
    """Show what `up` would change in the cluster (exit code 1: something)."""
    session = cluster_session.open_session(cluster_session.choose_target(system, stack))
    built = desired.configure_stack(system, stack, cluster_session.local_overrides(session))
    way = pulumi_cli.choose_applier(cluster_session.stored_parent(session, system))
    if way.pulumi is not None:
        options = ("--refresh", "--diff", "--expect-no-changes", "--policy-pack", pulumi_cli.PACK)
        config = built.config | session.target.settings
        raise typer.Exit(
            ExitCode.FOUND if pulumi_cli.run(way.pulumi, built.name, "preview", *options, config=config) else 0
        )
    with progress(f"comparing {system} {stack} with the cluster"):
        found = plan_changes(session, built, built.recorded()).changes
    if output is Format.JSON:
        show_json([_as_json(change) for change in found.changes])
    else:
        for change in found.changes:
            show_lines("\n".join([f"{_SIGNS[change.action]} {change.key}", *map(_line, change.fields)]))
        say(found.summary() if found.changes else f"no drift: {found.summary()}")
    if found.changes:
        raise typer.Exit(ExitCode.FOUND)


def _as_json(change: Change) -> dict[str, Any]:
    return {**change.key._asdict(), "action": change.action, "fields": [asdict(field) for field in change.fields]}


def _line(field: FieldDifference) -> str:
    return f"    {field.path}: {_short(field.live)} -> {_short(field.wanted)}"


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"
