"""`quadrant up`: a stack, running."""

from __future__ import annotations

from typing import Annotated

import typer

from quadrant_platform.applier.applying import apply, cluster_session, pulumi_cli
from quadrant_platform.applier.clusters import local_clusters
from quadrant_platform.applier.clusters.kubectl import Refusal
from quadrant_platform.applier.clusters.local_state import system_lock
from quadrant_platform.applier.observed import discovery
from quadrant_platform.applier.planning import desired
from quadrant_platform.applier.planning.apply_plan import ApplyPlan, ClusterSession, plan_changes
from quadrant_platform.applier.planning.container_images import images_of
from quadrant_platform.applier.status import watching
from quadrant_platform.commands.check import as_line, mandatory, violations
from quadrant_platform.commands.console import ExitCode, Format, complain, interruptible, progress, say
from quadrant_platform.commands.options import OutputFormat, Stack, System
from quadrant_platform.commands.status import show_page
from quadrant_platform.policies.pack import Object
from quadrant_platform.program.recorder import Recording
from quadrant_platform.program.traffic import Traffic
from quadrant_platform.reachability import prove

NAME = "up"

Timeout = Annotated[int, typer.Option("--timeout", help="Seconds until everything must be ready.", min=1)]


def command(system: System, stack: Stack, timeout: Timeout = 600, output: OutputFormat = Format.TEXT) -> None:
    """Bring a stack up and wait until it is ready (exit code 1: it may not, or was not in time)."""
    with interruptible(NAME), system_lock(system):
        target = cluster_session.choose_target(system, stack)
        built = desired.configure_stack(system, stack, {})
        recording = _judged(built)
        session = cluster_session.start_session(target, built, images_of(recording.manifests()))
        if brought := cluster_session.local_overrides(session):
            built = desired.configure_stack(system, stack, brought)
            recording = _judged(built)
        cluster_session.warn_of_api(session, built, recording)
        way = pulumi_cli.choose_applier(cluster_session.stored_parent(session, system))
        say(way.reason)
        if way.pulumi is not None:
            _by_pulumi(way.pulumi, session, built)
        else:
            _by_kubectl(session, built, recording, timeout)
        show_page(session, system, stack, output)


def _judged(built: desired.ConfiguredStack) -> Recording:
    """Return what a stack registers; leaves where a policy forbids it or the isolation is not what the matrix says."""
    with progress(f"recording and judging {built.system} {built.stage}"):
        recording = built.recorded()
        manifests = recording.manifests()
        found = mandatory(
            violations([Object(one.inputs, urn=one.urn) for one in recording.resources if one.is_manifest])
        )
        proof = prove(manifests, Traffic(manifests).matrix)
    for violation in found:
        complain(as_line(violation))
    if not proof.equal:
        complain("the NetworkPolicies differ from the matrix; `quadrant preview` shows both")
    if found or not proof.equal:
        say("nothing was changed")
        raise typer.Exit(ExitCode.FOUND)
    return recording


def _by_pulumi(pulumi: str, session: ClusterSession, built: desired.ConfiguredStack) -> None:
    """Let pulumi apply what differs from the cluster; leaves with its exit code where it fails.

    Without a refresh it would compare with its own record, which outlives a cluster that somebody removes.
    """
    cluster_session.adopt(session, built)
    config = built.config | session.target.settings
    options = ("--refresh", "--policy-pack", pulumi_cli.PACK, "--yes")
    code = pulumi_cli.run(pulumi, built.name, "up", *options, config=config)
    if code != 0:
        raise typer.Exit(code)


def _by_kubectl(session: ClusterSession, built: desired.ConfiguredStack, recording: Recording, timeout: int) -> None:
    """Apply what differs and wait; leaves where something is not ready in the end."""
    with progress("comparing with the cluster"):
        plan = plan_changes(session, built, recording)
        discovery.check_rights(session.kubectl, session.table, list(plan.wanted.values()))
    cluster_session.adopt(session, built)
    if session.target.kind in local_clusters.LOCAL_CLUSTERS:
        local_clusters.LOCAL_CLUSTERS[session.target.kind].load(images_of(plan.wanted.values()), say)
    _carried_out(session, built, plan)
    over = watching.watch(session.kubectl, session.table, built.system, list(plan.wanted.values()))
    missing = watching.until_ready(over, timeout, say)
    if missing:
        complain(f"not ready after at most {timeout} s; the same command goes on from here:")
        for line in watching.explained(over, missing):
            complain(line)
        raise typer.Exit(ExitCode.FOUND)


def _carried_out(session: ClusterSession, built: desired.ConfiguredStack, plan: ApplyPlan) -> None:
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
