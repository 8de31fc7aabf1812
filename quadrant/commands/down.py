"""`quadrant down`: what `up` made, gone again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import ExitStack
from typing import Annotated

import typer

from model.errors import BadInput, Problem
from quadrant import engine
from quadrant.cluster import desired, opening, own, removal, state
from quadrant.cluster.live import check_stage, parents
from quadrant.cluster.rollout import Session
from quadrant.cluster.target import Kind, Target
from quadrant.console import Format, interruptible, say, show_json
from quadrant.options import OutputFormat, Stack, System

NAME = "down"

CONSENT = "Remove it from a cluster that is not Quadrant's own, or one that is, with all in it, though it is silent."
Yes = Annotated[bool, typer.Option("--yes", "-y", help=CONSENT)]


def command(system: System, stack: Stack, yes: Yes = False, output: OutputFormat = Format.TEXT) -> None:
    """Remove a stack with its data, and our own cluster with the last one."""
    with interruptible(NAME), state.only_one(system):
        target = opening.target_of(system, stack)
        remove = _out_of_ours if target.kind in own.CLUSTERS else _out_of_foreign
        remove(system, stack, target, yes)
        if output is Format.JSON:
            show_json({"system": system, "stack": stack, "target": target.kind})


def _out_of_ours(system: str, stage: str, target: Target, yes: bool) -> None:
    """Remove a system from a cluster of ours, and the cluster with the last one; BadInput where others may be lost."""
    with state.deciding(target.kind, say):
        noted = {other: found for other, found in state.stacks(target.kind).items() if other != system}
        if not opening.answers(target):
            if not yes:
                _check_alone(system, stage, target, noted)
            _end(target.kind, noted)
            return
        session = opening.session(target)
        there = parents(session.kubectl, session.table)
        check_stage(there.get(system), system, stage)
        others = sorted({*there, *noted} - {system})
        if not others:
            _end(target.kind, noted)
            return
    say(f"the {target.kind} stays: {' and '.join(others)} came up in it too, or began to")
    _out_of(session, system, stage)
    with state.deciding(target.kind, say):
        state.forget(target.kind, system)


def _check_alone(system: str, stage: str, target: Target, noted: Mapping[str, str]) -> None:
    """Raise BadInput where the data of others would go unasked with a cluster of ours that was up and is silent."""
    if not noted or not target.kubeconfig.exists():
        return
    other, others = min(noted), " and ".join(sorted(noted))
    what = f"the {target.kind} does not answer, and the data of {others} would go with it, not that of {system} alone"
    remedy = (
        f"start it with `quadrant up --system {other} --stack {noted[other]}` and run this again, or remove everything "
        f"with `quadrant down --system {system} --stack {stage} --yes`; nothing was changed"
    )
    raise BadInput([Problem((), what, remedy)])


def _end(kind: Kind, noted: Collection[str]) -> None:
    """Remove a cluster of ours with all that is in it; BadInput where another command is changing one of those."""
    with ExitStack() as alone:
        for other in noted:
            alone.enter_context(state.only_one(other))
        own.CLUSTERS[kind].down(say)
        state.forget(kind)


def _out_of_foreign(system: str, stage: str, target: Target, yes: bool) -> None:
    """Remove a system from somebody else's cluster; BadInput without the user's consent."""
    session = opening.session(target)
    check_stage(parents(session.kubectl, session.table).get(system), system, stage)
    if not yes:
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
