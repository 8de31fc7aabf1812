"""What `up` and `diff` share: the checks that come before any change, and what would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from quadrant_platform.applier.clusters.kubectl import Kubectl, reach
from quadrant_platform.applier.clusters.target import ClusterTarget, ClusterType
from quadrant_platform.applier.observed import discovery, live
from quadrant_platform.applier.observed.object_keys import Manifest, ObjectKey
from quadrant_platform.applier.planning import changes, generated_values
from quadrant_platform.applier.planning.changes import Changes
from quadrant_platform.applier.planning.desired import ConfiguredStack
from quadrant_platform.program.recorder import Recording


@dataclass(frozen=True, slots=True)
class ClusterSession:
    """A cluster that answers, and what it serves."""

    target: ClusterTarget
    kubectl: Kubectl
    table: discovery.Served


@dataclass(frozen=True, slots=True)
class ApplyPlan:
    """What is there, what is wanted, and what lies between."""

    before: generated_values.GeneratedValues
    values: generated_values.GeneratedValues
    live: live.LiveSystem
    wanted: Mapping[ObjectKey, Manifest]
    changes: Changes

    @property
    def settled(self) -> bool:
        """Whether nothing is left to do."""
        return not self.changes.changes and self.live.parent is not None and self.values == self.before


def connect(target: ClusterTarget, binary: str) -> ClusterSession:
    """Return a session with a cluster; BadInput where it does not answer."""
    kubectl = Kubectl(binary, target.kubeconfig, target.context)
    reach(kubectl)
    return ClusterSession(target, kubectl, discovery.served(kubectl))


def plan_changes(session: ClusterSession, stack: ConfiguredStack, recording: Recording) -> ApplyPlan:
    """Return what would change; BadInput with everything that the cluster lacks or refuses. Changes nothing."""
    kubectl, system = session.kubectl, stack.system
    discovery.check_kinds(
        kubectl, session.table, recording.manifests(), ours=session.target.kind is not ClusterType.FOREIGN
    )
    before = generated_values.read(kubectl, system)
    values = generated_values.complete(before, generated_values.password_lengths(recording))
    wanted = stack.objects(values)
    there = live.read(kubectl, session.table, system, list(wanted.values()))
    live.check_stage(there.parent, system, stack.stage)
    live.check_owner(there.members, wanted)
    live.check_leaving(there.members, wanted, system)
    found = generated_values.recover(values, before, wanted, there.members)
    if found != values:
        values, wanted = found, stack.objects(found)
    return ApplyPlan(before, values, there, wanted, _changes(kubectl, wanted, there.members))


def _changes(kubectl: Kubectl, wanted: Mapping[ObjectKey, Manifest], members: Mapping[ObjectKey, Manifest]) -> Changes:
    anew = changes.replaced(wanted, members)
    merged = live.merged(kubectl, [one for key, one in wanted.items() if key in members and key not in anew])
    return changes.compare(wanted, members, merged)
