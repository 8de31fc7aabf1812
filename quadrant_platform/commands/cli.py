"""The command line: `quadrant COMMAND`, also `python -m quadrant_platform`."""

import os
import traceback

import pulumi
import typer

from quadrant_platform.commands import check, diagram, diff, doctor, down, forget, preview, reach, render, status, up
from quadrant_platform.commands.console import ExitCode, complain
from quadrant_platform.documents.problems import BadInput
from quadrant_platform.host.kubectl import KubectlError
from quadrant_platform.lab.build.failure import BuildFailed

app = typer.Typer(
    help="Kubernetes platforms in four isolated segments, from one YAML file.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for module in (preview, render, check, reach, diagram, doctor, up, status, diff, down, forget):
    app.command(module.__name__.rpartition(".")[2])(module.command)


def main(arguments: list[str] | None = None) -> None:
    """Run one command and exit with one of `ExitCode`."""
    try:
        app(arguments, prog_name="quadrant")
    except (BadInput, BuildFailed, KubectlError, pulumi.RunError) as error:
        complain(str(error))
        raise SystemExit(ExitCode.BAD_INPUT) from None
    except Exception as error:
        if os.environ.get("QUADRANT_DEBUG") == "1":
            traceback.print_exc()
        complain(f"internal error: {type(error).__name__}: {error}; set QUADRANT_DEBUG=1 for where it happened")
        raise SystemExit(ExitCode.INTERNAL) from error
