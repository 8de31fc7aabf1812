"""`quadrant forget`: a cluster that is gone for good, dropped from a stack's record."""

from typing import Annotated

import typer

from quadrant_platform import applier
from quadrant_platform.commands.console import say
from quadrant_platform.commands.options import Stack, System
from quadrant_platform.program.stacks import installation

Cluster = Annotated[str, typer.Argument(help="The cluster's UID, as the refusal of `up` names it.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask: the cluster is gone for good.")]


def command(cluster: Cluster, system: System, stack: Stack, yes: Yes = False) -> None:
    """Drop the record of a cluster that is gone for good; generated passwords stay."""
    with applier.installation_lock(installation(system, stack)):
        applier.forget_cluster(cluster, system, stack, say, consent=yes)
