"""What `up` and `diff` share: the checks that come before any change, and what would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from quadrant.cluster import changes, discovery, kept, live
from quadrant.cluster.changes import Changes
from quadrant.cluster.desired import Stack
from quadrant.cluster.kubectl import Kubectl, reach
from quadrant.cluster.objects import Key, Manifest
from quadrant.cluster.target import Kind, Target
from quadrant.recorder import Recording


@dataclass(frozen=True, slots=True)
class Session:
    """A cluster that answers, and what it serves."""

    target: Target
    kubectl: Kubectl
    table: discovery.Served


@dataclass(frozen=True, slots=True)
class Planned:
    """What is there, what is wanted, and what lies between."""

    before: kept.Kept
    values: kept.Kept
    live: live.System
    wanted: Mapping[Key, Manifest]
    changes: Changes

    @property
    def settled(self) -> bool:
        """Whether nothing is left to do."""
        return not self.changes.changes and self.live.parent is not None and self.values == self.before


def connected(target: Target, binary: str) -> Session:
    """Return a session with a cluster; BadInput where it does not answer."""
    kubectl = Kubectl(binary, target.kubeconfig, target.context)
    reach(kubectl)
    return Session(target, kubectl, discovery.served(kubectl))


def planned(session: Session, stack: Stack, recording: Recording) -> Planned:
    """Return what would change; BadInput with everything that the cluster lacks or refuses. Changes nothing."""
    kubectl, system = session.kubectl, stack.system
    discovery.check_kinds(kubectl, session.table, recording.manifests(), ours=session.target.kind is not Kind.FOREIGN)
    before = kept.read(kubectl, system)
    values = kept.completed(before, kept.wanted(recording))
    wanted = stack.objects(values)
    there = live.read(kubectl, session.table, system, list(wanted.values()))
    live.check_stage(there.parent, system, stack.stage)
    live.check_owner(there.members, wanted)
    live.check_leaving(there.members, wanted, system)
    found = kept.recovered(values, before, wanted, there.members)
    if found != values:
        values, wanted = found, stack.objects(found)
    return Planned(before, values, there, wanted, _changes(kubectl, wanted, there.members))


def _changes(kubectl: Kubectl, wanted: Mapping[Key, Manifest], members: Mapping[Key, Manifest]) -> Changes:
    anew = changes.replaced(wanted, members)
    merged = live.merged(kubectl, [one for key, one in wanted.items() if key in members and key not in anew])
    return changes.compare(wanted, members, merged)
