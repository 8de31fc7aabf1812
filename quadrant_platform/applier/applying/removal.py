"""The removal of a system from a cluster that stays."""

from __future__ import annotations

from collections.abc import Callable

from quadrant_platform.applier.applying.apply import delete
from quadrant_platform.applier.clusters.kubectl import Refusal
from quadrant_platform.applier.observed import applyset, live
from quadrant_platform.applier.planning.apply_plan import ClusterSession

Say = Callable[[str], None]


def remove(session: ClusterSession, system: str, say: Say) -> None:
    """Delete a system's members with their data, and, after the last system, what all shared.

    Raises Refusal where something does not go. The parent goes last, so that the next run finds the rest again.
    """
    try:
        _remove(session, system, say)
    except Refusal as error:
        raise Refusal(f"{error}\nnot everything is gone; without the cause, the same command goes on") from None


def _remove(session: ClusterSession, system: str, say: Say) -> None:
    kubectl = session.kubectl
    there = live.parents(kubectl, session.table)
    if system not in there:
        say(f"nothing of {system} is in the cluster")
        return
    parent = there.pop(system)
    members = live.members(kubectl, session.table, system, applyset.kinds_of(parent))
    # Whatever has a namespace goes with it.
    delete(kubectl, [one for key, one in members.items() if not key.namespace], say)
    kubectl.need("delete", "secret", f"{system}-values", "--namespace", applyset.NAMESPACE, "--ignore-not-found")
    kubectl.need("delete", applyset.RESOURCE, system, "--ignore-not-found")
    if not there:
        delete(kubectl, [one for one in applyset.ground() if not one["metadata"].get("namespace")], say)
    say(f"{system} is gone; kept: the operators' CRDs, and volumes whose class retains them")
