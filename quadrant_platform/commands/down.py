"""`quadrant down`: a stack, removed with its data."""

from typing import Annotated

import typer

from quadrant_platform import applier
from quadrant_platform.commands.console import Format, interruptible, say, show_json
from quadrant_platform.commands.options import OutputFormat, Stack, System
from quadrant_platform.program.stacks import installation

CONSENT = "Do not ask: remove from a foreign cluster, or delete our unresponsive cluster with everything in it."
Yes = Annotated[bool, typer.Option("--yes", "-y", help=CONSENT)]


def command(system: System, stack: Stack, yes: Yes = False, output: OutputFormat = Format.TEXT) -> None:
    """Remove a stack with its data, and our own cluster with the last one."""
    with interruptible("down"), applier.installation_lock(installation(system, stack)):
        target = applier.choose_target(system, stack, say)
        if code := applier.remove_stack(target, applier.configure_stack(system, stack), say, consent=yes):
            raise typer.Exit(code)
        if output is Format.JSON:
            show_json({"system": system, "stack": stack, "target": target.type})
