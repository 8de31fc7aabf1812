"""A session with a stack's cluster: chosen, started where it is local, and fitted to the stack."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from quadrant_platform.applier.applying import engine_choice
from quadrant_platform.applier.applying.engine_choice import EngineChoice
from quadrant_platform.applier.clusters import adoption, local_state
from quadrant_platform.applier.clusters.connection import ClusterSession
from quadrant_platform.applier.clusters.local_clusters import LOCAL_CLUSTERS
from quadrant_platform.applier.clusters.target import ClusterTarget, choose, host_facts
from quadrant_platform.applier.observed import applyset, discovery, live
from quadrant_platform.applier.planning.configured_stack import ConfiguredStack, configure_stack, images_of
from quadrant_platform.documents.problems import BadInput
from quadrant_platform.host.checkout import ROOT
from quadrant_platform.host.progress import Say
from quadrant_platform.lab.build.catalogue import SAMPLE
from quadrant_platform.model.stack_file import OVERRIDES
from quadrant_platform.preflight import origins
from quadrant_platform.preflight.api_server import api_blocks, holds, uncovered
from quadrant_platform.preflight.facts import ClusterFacts
from quadrant_platform.preflight.origins import installed
from quadrant_platform.program.recorder import Recording
from quadrant_platform.program.stacks import config_for
from quadrant_platform.program.traffic import Traffic

PEER = "api-server"
"""The matrix's name for the addresses of `network.apiServer.cidrs`; absent where no row leads there."""


def choose_target(system: str, stack: str, say: Say) -> ClusterTarget:
    """Return the cluster of a stack, and report the choice in one line."""
    target = choose(config_for(system, stack), host_facts())
    say(f"{target.type}: {target.reason}")
    return target


def start_cluster(target: ClusterTarget, stack: ConfiguredStack, recording: Recording, say: Say) -> None:
    """Start a local cluster with the images of a stack."""
    _note(target, stack, say)
    LOCAL_CLUSTERS[target.type].up(images_of(recording.manifests()), say)
    # A stack that started at the same time, before the cluster existed, has taken the first note for an old one.
    _note(target, stack, say)


def configure_for(session: ClusterSession, system: str, stack: str, say: Say) -> ConfiguredStack:
    """Return a stack as the cluster of a session needs it."""
    return configure_stack(system, stack, local_overrides(session, say), session.facts())


def facts_for(session: ClusterSession, stack: ConfiguredStack) -> ClusterFacts:
    """Return what a stack's cluster says of itself: as it was configured by, else as the cluster says now."""
    return stack.facts or session.facts()


def _note(target: ClusterTarget, stack: ConfiguredStack, say: Say) -> None:
    """Add a stack to the list of a local cluster; the list of an earlier cluster that is gone is dropped."""
    with local_state.membership_lock(target.type, say):
        if not target.kubeconfig.exists():
            local_state.forget(target.type)
        local_state.note(target.type, stack.installation, stack.options)


def local_overrides(session: ClusterSession, say: Say) -> dict[str, Any]:
    """Return the overrides of a local cluster, over which the stack's own take precedence; empty for a foreign one.

    One image stands in for those that no registry has, requests are small, as a node of two cores holds a system, and
    data is not kept.
    """
    if not session.target.type.local:
        return {}
    small = "requests are small, and data is not kept; the stack's own overrides go first"
    say(f"{SAMPLE} stands in for the system's own images, {small}")
    # A cluster of our own goes as a whole with its last system.
    return {"standIn": SAMPLE, "requests": {"services": 7, "stores": 7}, "protectData": False}


def warn_of_api(session: ClusterSession, stack: ConfiguredStack, recording: Recording, say: Say) -> None:
    """Report the addresses of a foreign cluster's API server that the stack's own policies keep its pods from."""
    if session.target.type.local:
        return
    addresses = api_blocks(facts_for(session, stack))
    if not addresses:
        say("warning: the cluster hides its API server's addresses, so it was not checked whether pods may reach them")
    for line in unreachable_api(Traffic(recording.manifests()).matrix, addresses, stack.file):
        say(line)


def unreachable_api(matrix: Mapping[str, Any], addresses: Collection[str], file: str) -> Iterator[str]:
    """Yield a warning for each address of an API server that no policy opens to a stack's pods."""
    blocks = [block["cidr"] for block in matrix["peers"].get(PEER, {"blocks": ()})["blocks"]]
    watchers = sorted({row["from"] for row in matrix["rows"] if row["to"] == PEER})
    missing = uncovered(blocks, addresses) if watchers else []
    # An override replaces the whole list, so the setting has to repeat the entries that are right.
    right = [cidr for cidr in blocks if any(holds(cidr, address) for address in addresses)]
    setting = json.dumps({"network": {"apiServer": {"cidrs": [*right, *missing]}}})
    for address in missing:
        yield (
            f"warning: this cluster's API server is at {address}, which network.apiServer.cidrs ({', '.join(blocks)}) "
            f"does not cover: the policies may cut {', '.join(watchers)} off from it; "
            f"write {setting} under {OVERRIDES} in {file}"
        )


def check_needs(session: ClusterSession, stack: ConfiguredStack, recording: Recording) -> None:
    """Raise BadInput with everything that a stack needs and its cluster does not have, before anything is changed."""
    facts = facts_for(session, stack)
    discovery.check_needs(session.kubectl, facts, recording.manifests(), local=session.target.type.local)


def choose_applier(session: ClusterSession, stack: ConfiguredStack) -> EngineChoice:
    """Return the engine that applies a stack to a cluster; BadInput where it is pulumi's, which is not here."""
    ours = stack.installation
    stored = f"{applyset.RESOURCE}/{ours}" if ours in live.parents(session.kubectl, session.table) else None
    choice = engine_choice.engine_for(stored, stack.name)
    facts = facts_for(session, stack)
    if choice.pulumi is None and (made := origins.problems_of_kubectl(facts, installed(ours, stack.name))):
        raise BadInput(made)
    return choice


def adopt(session: ClusterSession, stack: ConfiguredStack, say: Say) -> None:
    """Write a cluster of the environment into the stack's file, and report it."""
    target = session.target
    if target.adopt:
        named = replace(target, context=session.context)
        file = ROOT / stack.file
        adoption.adopt(file, stack.system, stack.stage, named.settings)
        say(f"{file.name} now names the cluster: {named.kubeconfig}, context {named.context}")
