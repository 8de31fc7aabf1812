"""The plan of `up` and `diff`: all that would change, after the checks that precede any change."""

from dataclasses import dataclass

from quadrant_platform.applier.clusters.connection import ClusterSession
from quadrant_platform.applier.observed import live
from quadrant_platform.applier.observed.object_keys import Objects
from quadrant_platform.applier.planning import changes, generated_values, lost_data
from quadrant_platform.applier.planning.changes import Changes
from quadrant_platform.applier.planning.configured_stack import ConfiguredStack
from quadrant_platform.host.kubectl import Kubectl
from quadrant_platform.program.recorder import Recording


@dataclass(frozen=True, slots=True)
class ApplyPlan:
    """The live objects, the wanted ones, and the changes between them."""

    before: generated_values.GeneratedValues
    values: generated_values.GeneratedValues
    live: live.LiveSystem
    wanted: Objects
    changes: Changes

    @property
    def settled(self) -> bool:
        """Whether nothing is left to do."""
        return not self.changes.changes and self.live.parent is not None and self.values == self.before


def plan_changes(session: ClusterSession, stack: ConfiguredStack, recording: Recording) -> ApplyPlan:
    """Return what would change, without changing it; BadInput with what the cluster lacks or refuses, or would lose."""
    kubectl, installation = session.kubectl, stack.installation
    before = generated_values.read(kubectl, installation)
    values = generated_values.complete(before, generated_values.password_lengths(recording))
    wanted = stack.objects(values)
    there = live.read(kubectl, session.table, installation, list(wanted.values()))
    live.check_stack(there.parent, stack.name, stack.stage)
    live.check_owner(there.members, wanted)
    live.check_leaving(there.members, wanted, stack.options)
    found = generated_values.recover(values, before, wanted, there.members)
    if found != values:
        values, wanted = found, stack.objects(found)
    differing = _changes(kubectl, wanted, there.members)
    if stack.keeps_data:
        lost_data.check_unwanted([there.members[key] for key in differing.spared], stack.file)
    return ApplyPlan(before, values, there, wanted, differing)


def _changes(kubectl: Kubectl, wanted: Objects, members: Objects) -> Changes:
    anew = changes.replaced(wanted, members)
    merged = live.merged(kubectl, [one for key, one in wanted.items() if key in members and key not in anew])
    return changes.compare(wanted, members, merged)
