"""`quadrant down`: what `up` made, gone again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import ExitStack
from typing import Annotated

import typer

from quadrant_platform.applier.applying import cluster_session, pulumi_cli, removal
from quadrant_platform.applier.clusters import local_clusters, local_state
from quadrant_platform.applier.clusters.target import ClusterTarget, ClusterType
from quadrant_platform.applier.observed.live import check_stage, parents
from quadrant_platform.applier.planning import desired
from quadrant_platform.applier.planning.apply_plan import ClusterSession
from quadrant_platform.commands.console import Format, interruptible, say, show_json
from quadrant_platform.commands.options import OutputFormat, Stack, System
from quadrant_platform.documents.problems import BadInput, Problem

NAME = "down"

CONSENT = "Remove it from a cluster that is not Quadrant's own, or one that is, with all in it, though it is silent."
Yes = Annotated[bool, typer.Option("--yes", "-y", help=CONSENT)]


def command(system: System, stack: Stack, yes: Yes = False, output: OutputFormat = Format.TEXT) -> None:
    """Remove a stack with its data, and our own cluster with the last one."""
    with interruptible(NAME), local_state.system_lock(system):
        target = cluster_session.choose_target(system, stack)
        remove = _out_of_ours if target.kind in local_clusters.LOCAL_CLUSTERS else _out_of_foreign
        remove(system, stack, target, yes)
        if output is Format.JSON:
            show_json({"system": system, "stack": stack, "target": target.kind})


def _out_of_ours(system: str, stage: str, target: ClusterTarget, yes: bool) -> None:
    """Remove a system from a cluster of ours, and the cluster with the last one; BadInput where others may be lost."""
    with local_state.membership_lock(target.kind, say):
        noted = {other: found for other, found in local_state.stacks(target.kind).items() if other != system}
        if not cluster_session.is_running(target):
            if not yes:
                _check_alone(system, stage, target, noted)
            _end(target.kind, noted)
            return
        session = cluster_session.open_session(target)
        there = parents(session.kubectl, session.table)
        check_stage(there.get(system), system, stage)
        others = sorted({*there, *noted} - {system})
        if not others:
            _end(target.kind, noted)
            return
    say(f"the {target.kind} stays: {' and '.join(others)} came up in it too, or began to")
    _out_of(session, system, stage)
    with local_state.membership_lock(target.kind, say):
        local_state.forget(target.kind, system)


def _check_alone(system: str, stage: str, target: ClusterTarget, noted: Mapping[str, str]) -> None:
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


def _end(kind: ClusterType, noted: Collection[str]) -> None:
    """Remove a cluster of ours with all that is in it; BadInput where another command is changing one of those."""
    with ExitStack() as alone:
        for other in noted:
            alone.enter_context(local_state.system_lock(other))
        local_clusters.LOCAL_CLUSTERS[kind].down(say)
        local_state.forget(kind)


def _out_of_foreign(system: str, stage: str, target: ClusterTarget, yes: bool) -> None:
    """Remove a system from somebody else's cluster; BadInput without the user's consent."""
    session = cluster_session.open_session(target)
    check_stage(parents(session.kubectl, session.table).get(system), system, stage)
    if not yes:
        what = f"{target.kubeconfig} is not Quadrant's own cluster, and {system} goes with all of its data"
        raise BadInput([Problem((), what, "say --yes to do it; nothing was changed")])
    _out_of(session, system, stage)


def _out_of(session: ClusterSession, system: str, stage: str) -> None:
    """Remove a system from a cluster that stays."""
    way = pulumi_cli.choose_applier(cluster_session.stored_parent(session, system))
    if way.pulumi is not None:
        built = desired.configure_stack(system, stage, cluster_session.local_overrides(session))
        config = built.config | session.target.settings
        if pulumi_cli.run(way.pulumi, built.name, "destroy", "--yes", config=config):
            raise typer.Exit(1)
    else:
        removal.remove(session, system, say)
