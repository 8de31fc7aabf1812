"""The options that commands share."""

from typing import Annotated

import typer

from quadrant_platform.commands.console import Format

System = Annotated[str, typer.Option("--system", "-s", help="A system: the name of a folder under systems/.")]
Stack = Annotated[str, typer.Option("--stack", "-t", help="A stack of it: dev or prod.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="List each declared key that is not built yet.")]
OutputFormat = Annotated[Format, typer.Option("--format", "-f", help="For people or for programs.")]
