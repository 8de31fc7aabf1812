"""`quadrant diff`: a stack against its cluster, object by object, in the fields that Quadrant owns."""

from dataclasses import asdict
from typing import Any

import typer

from quadrant_platform import applier
from quadrant_platform.commands.console import ExitCode, Format, progress, say, show_json, show_lines
from quadrant_platform.commands.notice import announce
from quadrant_platform.commands.options import OutputFormat, Stack, System, Verbose

_SIGNS = {"create": "+", "change": "~", "recreate": "!", "delete": "-"}
_WIDTH = 60


def command(system: System, stack: Stack, verbose: Verbose = False, output: OutputFormat = Format.TEXT) -> None:
    """Show what `up` would change in the cluster (exit code 1: something)."""
    session = applier.connect(applier.choose_target(system, stack, say))
    built = applier.configure_for(session, system, stack, say)
    announce(built.config, output, verbose)
    recording = built.recorded()
    applier.check_needs(session, built, recording)
    choice = applier.choose_applier(session, built)
    if choice.pulumi is not None:
        code = applier.on_cluster(choice.pulumi, session, built, say).run("preview", say)
        raise typer.Exit(ExitCode.FOUND if code else ExitCode.GOOD)
    with progress(f"comparing {system} {stack} with the cluster"):
        found = applier.plan_changes(session, built, recording).changes
    if output is Format.JSON:
        show_json([_as_json(change) for change in found.changes])
    else:
        for change in found.changes:
            show_lines("\n".join([f"{_SIGNS[change.action]} {change.key}", *map(_line, change.fields)]))
        say(found.summary() if found.changes else f"no drift: {found.summary()}")
    if found.changes:
        raise typer.Exit(ExitCode.FOUND)


def _as_json(change: applier.Change) -> dict[str, Any]:
    return {**change.key._asdict(), "action": change.action, "fields": [asdict(field) for field in change.fields]}


def _line(field: applier.FieldDifference) -> str:
    return f"    {field.path}: {_short(field.live)} -> {_short(field.wanted)}"


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"
