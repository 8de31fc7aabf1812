"""`quadrant render`: one YAML file an object, in the order of application."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from quadrant_platform.commands.console import Format, progress, say, show_json, show_lines
from quadrant_platform.commands.notice import announce
from quadrant_platform.commands.options import OutputFormat, Stack, System, Verbose
from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.program.guesses import guess_lines, guesses
from quadrant_platform.program.render_folder import write_render
from quadrant_platform.program.rendering import files
from quadrant_platform.program.stacks import config_for, recorded

Out = Annotated[Path, typer.Option("--out", "-o", help="An empty folder, or that of an earlier render.")]


def command(
    system: System, stack: Stack, out: Out, verbose: Verbose = False, output: OutputFormat = Format.TEXT
) -> None:
    """Write a stack's objects as files for kubectl, Argo CD or Flux; the folder is replaced as a whole."""
    with progress(f"rendering {system} {stack}"):
        rendered = files(recorded(system, stack).manifests())
        _write(out, rendered, {"system": system, "stack": stack})
    guessed = guesses(*announce(config_for(system, stack), output, verbose))
    if output is Format.JSON:
        show_json({"out": str(out), "files": list(rendered), **guessed})
    else:
        for line in guess_lines(guessed):
            say(line)
        show_lines(f"{len(rendered)} files in {out}")


def _write(out: Path, rendered: Mapping[str, str], origin: Mapping[str, str]) -> None:
    try:
        write_render(out, rendered, origin)
    except OSError as error:
        what = f"{out} cannot be written: {error.strerror or error}"
        raise BadInput([Problem((), what, "name a folder beside which files can be made")]) from None
