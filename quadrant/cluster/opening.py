"""The way to a stack's cluster: chosen, told, started where it is ours, and asked whether it answers."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from lab.build.catalogue import SAMPLE
from model.errors import BadInput, Problem
from quadrant.cluster import adoption, applyset, live, own, state
from quadrant.cluster.api_access import cut_off
from quadrant.cluster.desired import Stack
from quadrant.cluster.kubectl import Kubectl, Refusal, binary
from quadrant.cluster.probe import machine
from quadrant.cluster.rollout import Session, connected
from quadrant.cluster.target import Target, choose
from quadrant.console import say
from quadrant.isolation import Isolation
from quadrant.recorder import Recording
from quadrant.stacks import ROOT, config_for


def target_of(system: str, stage: str) -> Target:
    """Return where a stack goes, and say so in one line."""
    target = choose(config_for(system, stage), machine())
    say(f"{target.kind}: {target.reason}")
    return target


def started(target: Target, stack: Stack, images: Collection[str]) -> Session:
    """Return a session with a cluster, brought up first where it is ours, with the images of a stack."""
    if target.kind in own.CLUSTERS:
        _note(target, stack)
        own.CLUSTERS[target.kind].up(images, say)
        # Another stack that began beside this one, before there was a cluster, has taken the first note for an old one.
        _note(target, stack)
    return session(target)


def _note(target: Target, stack: Stack) -> None:
    """Write down that a stack is in a cluster of ours; what was in one that is gone by now is forgotten."""
    with state.deciding(target.kind, say):
        if not target.kubeconfig.exists():
            state.forget(target.kind)
        state.note(target.kind, stack.system, stack.stage)


def session(target: Target) -> Session:
    """Return a session with a cluster that is there already."""
    if target.kind in own.CLUSTERS and not target.kubeconfig.exists():
        what = f"the cluster of {target.kind} is not there"
        raise BadInput([Problem((), what, "start it with `quadrant up`")])
    return connected(target, binary(target.kind))


def brought(session: Session) -> dict[str, Any]:
    """Return the overrides that a cluster of ours brings; the stack's own go before them.

    One image stands in for those that nobody can pull, and requests are small: a node of two cores holds a system.
    """
    if session.target.kind not in own.CLUSTERS:
        return {}
    say(f"{SAMPLE} stands in for the system's own images, and requests are small; the stack's own overrides go first")
    network = {"apiServer": {"cidrs": api_addresses(session.kubectl)}}
    return {"standIn": SAMPLE, "requests": {"services": 7, "stores": 7}, "network": network}


def api_addresses(kubectl: Kubectl) -> list[str]:
    """Return the addresses at which pods meet the API server: its Service's, and what stands behind that."""
    services = kubectl.objects("get", "service", "kubernetes", "--namespace", "default", "--ignore-not-found")
    slices = kubectl.objects("get", "endpointslices", "kubernetes", "--namespace", "default", "--ignore-not-found")
    behind = [address for one in slices for endpoint in one["endpoints"] for address in endpoint["addresses"]]
    return [_host(address) for address in (*(one["spec"]["clusterIP"] for one in services), *behind)]


def warn_of_api(session: Session, stack: Stack, recording: Recording) -> None:
    """Say at which addresses of a foreign cluster's API server the stack's own policies would cut its pods off."""
    if session.target.kind in own.CLUSTERS:
        return
    try:
        addresses = api_addresses(session.kubectl)
    except Refusal as error:
        say(f"warning: {error}; whether the policies let pods reach the API server is therefore not known")
        return
    matrix = Isolation(recording.manifests()).matrix
    for line in cut_off(matrix, addresses, f"Pulumi.{stack.name}.yaml"):
        say(line)


def _host(address: str) -> str:
    return f"{address}/{128 if ':' in address else 32}"


def answers(target: Target) -> bool:
    """Whether a cluster of ours is there and answers."""
    if not target.kubeconfig.exists():
        return False
    return (
        Kubectl(binary(target.kind), target.kubeconfig).run("get", "--raw", "/readyz", "--request-timeout=5s").code == 0
    )


def stored(session: Session, system: str) -> str | None:
    """Return the object by which a cluster tells that kubectl applied a system; None where it does not."""
    return f"{applyset.RESOURCE}/{system}" if system in live.parents(session.kubectl, session.table) else None


def context_of(session: Session) -> str:
    """Return the context in use: the target's, else the kubeconfig's current one."""
    return session.target.context or session.kubectl.need("config", "current-context").strip()


def adopt(session: Session, stack: Stack) -> None:
    """Write a cluster that came from the environment into the stack's file, and say so."""
    target = session.target
    if target.adopt:
        context = context_of(session)
        file = ROOT / f"Pulumi.{stack.name}.yaml"
        adoption.adopt(file, stack.system, stack.stage, adoption.settings(target.kubeconfig, context))
        say(f"{file.name} now names the cluster: {target.kubeconfig}, context {context}")
