"""`quadrant up`: a stack, running."""

from __future__ import annotations

from typing import Annotated

import typer

from model.reachability.proof import prove
from policies.pack import Object
from quadrant import engine
from quadrant.cluster import apply, desired, discovery, opening, own, watching
from quadrant.cluster.images import images_of
from quadrant.cluster.kubectl import Refusal
from quadrant.cluster.rollout import Planned, Session, planned
from quadrant.cluster.state import only_one
from quadrant.commands.check import as_line, mandatory, violations
from quadrant.commands.status import show_page
from quadrant.console import Code, Format, complain, interruptible, progress, say
from quadrant.isolation import Isolation
from quadrant.options import OutputFormat, Stack, System
from quadrant.recorder import Recording

NAME = "up"

Timeout = Annotated[int, typer.Option("--timeout", help="Seconds until everything must be ready.", min=1)]


def command(system: System, stack: Stack, timeout: Timeout = 600, output: OutputFormat = Format.TEXT) -> None:
    """Bring a stack up and wait until it is ready (exit code 1: it may not, or was not in time)."""
    with interruptible(NAME), only_one(system):
        target = opening.target_of(system, stack)
        built = desired.stack(system, stack, {})
        recording = _judged(built)
        session = opening.started(target, built, images_of(recording.manifests()))
        if brought := opening.brought(session):
            built = desired.stack(system, stack, brought)
            recording = _judged(built)
        opening.warn_of_api(session, built, recording)
        way = engine.applier(opening.stored(session, system))
        say(way.reason)
        if way.pulumi is not None:
            _by_pulumi(way.pulumi, session, built)
        else:
            _by_kubectl(session, built, recording, timeout)
        show_page(session, system, stack, output)


def _judged(built: desired.Stack) -> Recording:
    """Return what a stack registers; leaves where a policy forbids it or the isolation is not what the matrix says."""
    with progress(f"recording and judging {built.system} {built.stage}"):
        recording = built.recorded()
        manifests = recording.manifests()
        found = mandatory(
            violations([Object(one.inputs, urn=one.urn) for one in recording.resources if one.is_manifest])
        )
        proof = prove(manifests, Isolation(manifests).matrix)
    for violation in found:
        complain(as_line(violation))
    if not proof.equal:
        complain("the NetworkPolicies differ from the matrix; `quadrant preview` shows both")
    if found or not proof.equal:
        say("nothing was changed")
        raise typer.Exit(Code.FOUND)
    return recording


def _by_pulumi(pulumi: str, session: Session, built: desired.Stack) -> None:
    """Let pulumi apply what differs from the cluster; leaves with its exit code where it fails.

    Without a refresh it would compare with its own record, which outlives a cluster that somebody removes.
    """
    opening.adopt(session, built)
    config = built.config | session.target.settings
    options = ("--refresh", "--policy-pack", engine.PACK, "--yes")
    code = engine.run(pulumi, built.name, "up", *options, config=config)
    if code != 0:
        raise typer.Exit(code)


def _by_kubectl(session: Session, built: desired.Stack, recording: Recording, timeout: int) -> None:
    """Apply what differs and wait; leaves where something is not ready in the end."""
    with progress("comparing with the cluster"):
        plan = planned(session, built, recording)
        discovery.check_rights(session.kubectl, session.table, list(plan.wanted.values()))
    opening.adopt(session, built)
    if session.target.kind in own.CLUSTERS:
        own.CLUSTERS[session.target.kind].load(images_of(plan.wanted.values()), say)
    _carried_out(session, built, plan)
    over = watching.watch(session.kubectl, session.table, built.system, list(plan.wanted.values()))
    missing = watching.until_ready(over, timeout, say)
    if missing:
        complain(f"not ready after at most {timeout} s; the same command goes on from here:")
        for line in watching.explained(over, missing):
            complain(line)
        raise typer.Exit(Code.FOUND)


def _carried_out(session: Session, built: desired.Stack, plan: Planned) -> None:
    for key in plan.changes.spared:
        say(f"kept although nothing names it any more, because it holds data: {key}")
    if plan.settled:
        say(f"nothing changed: all {plan.changes.unchanged} objects are as they should be")
        return
    say(plan.changes.summary())
    try:
        apply.carry_out(session.kubectl, built, plan, say)
    except Refusal as error:
        raise Refusal(f"{error}\nnot everything was applied; without the cause, the same command goes on") from None
