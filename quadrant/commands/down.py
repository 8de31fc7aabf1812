"""`quadrant down`: what `up` made, gone again."""

from __future__ import annotations

from typing import Annotated

import typer

from model.errors import BadInput, Problem
from quadrant import engine
from quadrant.cluster import desired, opening, own, removal
from quadrant.cluster.live import check_stage, parents
from quadrant.cluster.rollout import Session
from quadrant.cluster.state import only_one
from quadrant.cluster.target import Kind, Target
from quadrant.console import Format, interruptible, say, show_json
from quadrant.options import OutputFormat, Stack, System

NAME = "down"

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Remove it from a cluster that is not Quadrant's own, too.")]


def command(system: System, stack: Stack, yes: Yes = False, output: OutputFormat = Format.TEXT) -> None:
    """Remove a stack with its data, and our own cluster with the last one."""
    with interruptible(NAME), only_one(system):
        target = opening.target_of(system, stack)
        _removed(system, stack, target, yes)
        if output is Format.JSON:
            show_json({"system": system, "stack": stack, "target": target.kind})


def _removed(system: str, stage: str, target: Target, yes: bool) -> None:
    ours = own.CLUSTERS.get(target.kind)
    if ours is not None and not opening.answers(target):
        ours.down(say)
        return
    session = opening.session(target)
    there = parents(session.kubectl, session.table)
    check_stage(there.get(system), system, stage)
    if ours is not None and there.keys() <= {system}:
        ours.down(say)
        return
    if target.kind is Kind.FOREIGN and not yes:
        what = f"{target.kubeconfig} is not Quadrant's own cluster, and {system} goes with all of its data"
        raise BadInput([Problem((), what, "say --yes to do it; nothing was changed")])
    _out_of(session, system, stage)


def _out_of(session: Session, system: str, stage: str) -> None:
    """Remove a system from a cluster that stays."""
    way = engine.applier(opening.stored(session, system))
    if way.pulumi is not None:
        built = desired.stack(system, stage, opening.brought(session))
        config = built.config | session.target.settings
        if engine.run(way.pulumi, built.name, "destroy", "--yes", config=config):
            raise typer.Exit(1)
    else:
        removal.remove(session, system, say)
