"""The way to a stack's cluster: chosen, told, started where it is ours, and asked whether it answers."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from quadrant_platform.applier.clusters import adoption, local_clusters, local_state
from quadrant_platform.applier.clusters.host_facts import host_facts
from quadrant_platform.applier.clusters.kubectl import Kubectl, Refusal, binary
from quadrant_platform.applier.clusters.target import ClusterTarget, choose
from quadrant_platform.applier.observed import applyset, live
from quadrant_platform.applier.planning.api_access import cut_off
from quadrant_platform.applier.planning.apply_plan import ClusterSession, connect
from quadrant_platform.applier.planning.desired import ConfiguredStack
from quadrant_platform.commands.console import say
from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.lab.build.catalogue import SAMPLE
from quadrant_platform.program.recorder import Recording
from quadrant_platform.program.stacks import ROOT, config_for
from quadrant_platform.program.traffic import Traffic


def choose_target(system: str, stage: str) -> ClusterTarget:
    """Return where a stack goes, and say so in one line."""
    target = choose(config_for(system, stage), host_facts())
    say(f"{target.kind}: {target.reason}")
    return target


def start_session(target: ClusterTarget, stack: ConfiguredStack, images: Collection[str]) -> ClusterSession:
    """Return a session with a cluster, brought up first where it is ours, with the images of a stack."""
    if target.kind in local_clusters.LOCAL_CLUSTERS:
        _note(target, stack)
        local_clusters.LOCAL_CLUSTERS[target.kind].up(images, say)
        # Another stack that began beside this one, before there was a cluster, has taken the first note for an old one.
        _note(target, stack)
    return open_session(target)


def _note(target: ClusterTarget, stack: ConfiguredStack) -> None:
    """Write down that a stack is in a cluster of ours; what was in one that is gone by now is forgotten."""
    with local_state.membership_lock(target.kind, say):
        if not target.kubeconfig.exists():
            local_state.forget(target.kind)
        local_state.note(target.kind, stack.system, stack.stage)


def open_session(target: ClusterTarget) -> ClusterSession:
    """Return a session with a cluster that is there already."""
    if target.kind in local_clusters.LOCAL_CLUSTERS and not target.kubeconfig.exists():
        what = f"the cluster of {target.kind} is not there"
        raise BadInput([Problem((), what, "start it with `quadrant up`")])
    return connect(target, binary(target.kind))


def local_overrides(session: ClusterSession) -> dict[str, Any]:
    """Return the overrides that a cluster of ours brings; the stack's own go before them.

    One image stands in for those that nobody can pull, and requests are small: a node of two cores holds a system.
    """
    if session.target.kind not in local_clusters.LOCAL_CLUSTERS:
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


def warn_of_api(session: ClusterSession, stack: ConfiguredStack, recording: Recording) -> None:
    """Say at which addresses of a foreign cluster's API server the stack's own policies would cut its pods off."""
    if session.target.kind in local_clusters.LOCAL_CLUSTERS:
        return
    try:
        addresses = api_addresses(session.kubectl)
    except Refusal as error:
        say(f"warning: {error}; whether the policies let pods reach the API server is therefore not known")
        return
    matrix = Traffic(recording.manifests()).matrix
    for line in cut_off(matrix, addresses, f"Pulumi.{stack.name}.yaml"):
        say(line)


def _host(address: str) -> str:
    return f"{address}/{128 if ':' in address else 32}"


def is_running(target: ClusterTarget) -> bool:
    """Whether a cluster of ours is there and answers."""
    if not target.kubeconfig.exists():
        return False
    return (
        Kubectl(binary(target.kind), target.kubeconfig).run("get", "--raw", "/readyz", "--request-timeout=5s").code == 0
    )


def stored_parent(session: ClusterSession, system: str) -> str | None:
    """Return the object by which a cluster tells that kubectl applied a system; None where it does not."""
    return f"{applyset.RESOURCE}/{system}" if system in live.parents(session.kubectl, session.table) else None


def context_of(session: ClusterSession) -> str:
    """Return the context in use: the target's, else the kubeconfig's current one."""
    return session.target.context or session.kubectl.need("config", "current-context").strip()


def adopt(session: ClusterSession, stack: ConfiguredStack) -> None:
    """Write a cluster that came from the environment into the stack's file, and say so."""
    target = session.target
    if target.adopt:
        context = context_of(session)
        file = ROOT / f"Pulumi.{stack.name}.yaml"
        adoption.adopt(file, stack.system, stack.stage, adoption.settings(target.kubeconfig, context))
        say(f"{file.name} now names the cluster: {target.kubeconfig}, context {context}")
