"""The options that commands share."""

from typing import Annotated

import typer

from quadrant_platform.commands.console import Format
from quadrant_platform.program.stacks import system_of


def named_system(context: typer.Context, given: str | None) -> str | None:
    """Return the system that is named, else that of the stack's file; the option of the stack is read before."""
    stack = context.params.get("stack")
    return given if given is not None or stack is None else system_of(stack)


System = Annotated[
    str,
    typer.Option(
        "--system", "-s", help="A folder under systems/; that of the stack's file where absent.",
        callback=named_system, default_factory=lambda: None, show_default=False,
    ),
]  # fmt: skip
Stack = Annotated[
    str, typer.Option("--stack", "-t", help="NAME of a file Pulumi.NAME.yaml, or dev or prod.", is_eager=True)
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="List each declared key that is not built yet.")]
OutputFormat = Annotated[Format, typer.Option("--format", "-f", help="For people or for programs.")]
