"""The identity of the stack's state, which the cluster repeats on the namespaces that came from it."""

from collections.abc import Mapping
from typing import NamedTuple

import pulumi
from pulumi_random import RandomUuid

from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.preflight import origins
from quadrant_platform.preflight.facts import ClusterFacts
from quadrant_platform.preflight.origins import NEW, installed
from quadrant_platform.preflight.source import given_by_command

CLUSTER = "cluster"


class Checked(NamedTuple):
    """What is known once it is certain that state and cluster belong together."""

    uid: pulumi.Input[str]
    """The cluster's UID. Whatever needs it, and so every object, waits for the check."""
    state: pulumi.Output[str] | None
    """The state's identity; None in a recording, which has no state."""


def checked(parent: pulumi.Resource, plan: Plan, facts: ClusterFacts) -> Checked:
    """Return the cluster's UID and the state's identity, which both keep from the first run on.

    Raises:
        RunError: where the state is of another cluster, or what the cluster has came from another state or kubectl.
    """
    if given_by_command():
        return Checked(facts.uid, None)
    # The state keeps the cluster of its first run, whatever a later one says.
    options = pulumi.ResourceOptions(parent=parent, ignore_changes=["keepers"])
    made = RandomUuid("state", keepers={CLUSTER: facts.uid}, opts=options)
    state = made.result.apply(_known, run_with_unknowns=True)

    def check(found: tuple[str, Mapping[str, str] | None]) -> str:
        identity, keepers = found
        ours, home = installed(plan.name, plan.stack or ""), (keepers or {}).get(CLUSTER, facts.uid)
        if problems := [*origins.moved(facts, ours, home), *origins.problems(facts, ours, identity)]:
            raise pulumi.RunError("\n".join(map(str, problems)))
        return facts.uid

    return Checked(pulumi.Output.all(state, made.keepers).apply(lambda both: check((both[0], both[1]))), state)


def _known(identity: object) -> str:
    return identity if isinstance(identity, str) else NEW
