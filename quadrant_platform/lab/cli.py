"""`lab`: a real one-node Kubernetes on this machine."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer

from quadrant_platform.documents.problems import BadInput
from quadrant_platform.host.interrupts import as_interrupts
from quadrant_platform.host.kubectl import KubectlError
from quadrant_platform.host.progress import Say
from quadrant_platform.lab.build.failure import BuildFailed
from quadrant_platform.lab.kubernetes import kubeconfig
from quadrant_platform.lab.lifecycle import cluster
from quadrant_platform.lab.machine import daemons
from quadrant_platform.lab.machine.home import Home

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
BAD_INPUT, INTERRUPTED, NOT_UP = 2, 130, 1


def _progress() -> Say:
    """Return a function that writes a line with the seconds since the start."""
    start = time.monotonic()
    return lambda line: typer.echo(f"{time.monotonic() - start:6.1f} s  {line}", err=True)


@contextmanager
def _interruptible(command: str) -> Iterator[None]:
    """End the command on an interrupt, with the command that continues; every step goes on from where it was."""
    try:
        with as_interrupts():
            yield
    except KeyboardInterrupt:
        typer.echo(f"interrupted; `lab {command}` goes on from here", err=True)
        raise typer.Exit(INTERRUPTED) from None


@app.command()
def up() -> None:
    """Start the cluster, or continue an interrupted start; prints its kubeconfig."""
    with _interruptible("up"):
        typer.echo(cluster.up(Home.here(), _progress()))


@app.command()
def down() -> None:
    """Remove the cluster and all its data; what was built stays."""
    with _interruptible("down"):
        cluster.down(Home.here(), _progress())


@app.command()
def status() -> None:
    """List the processes and whether they run (exit code 1: one of them, or all, do not)."""
    found = cluster.running(Home.here())
    for name, alive in found.items():
        typer.echo(f"{name:24} {'runs' if alive else 'has ended: `lab up` starts it again'}")
    if not found:
        typer.echo("the lab is down")
    if not found or not all(found.values()):
        raise typer.Exit(NOT_UP)


@app.command("kubeconfig")
def show_kubeconfig() -> None:
    """Print where the administrator's kubeconfig is: `export KUBECONFIG=$(lab kubeconfig)`."""
    file = kubeconfig.file(Home.here())
    if not file.exists():
        typer.echo("the lab is down; `lab up` starts it", err=True)
        raise typer.Exit(NOT_UP)
    typer.echo(file)


@app.command()
def logs(name: Annotated[str | None, typer.Argument(help="A process; all are listed without it.")] = None) -> None:
    """Print a process's log, or where the logs are."""
    home = Home.here()
    if name is None:
        for file in sorted(home.logs.glob("*.log")):
            typer.echo(file)
        return
    file = daemons.Daemon(name, ()).log(home)
    if not file.is_file():
        typer.echo(f"{name} has no log; `lab logs` lists those that are there", err=True)
        raise typer.Exit(BAD_INPUT)
    typer.echo(file.read_text("utf-8", "replace"), nl=False)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line: 0 good, 1 not up, 2 where the machine or a build prevents it, 130 interrupted."""
    try:
        app(arguments, standalone_mode=True)
    except (BadInput, BuildFailed, KubectlError) as error:
        typer.echo(str(error), err=True)
        sys.exit(BAD_INPUT)
