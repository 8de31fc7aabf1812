"""Changes carried out: closed networks before pods, and what is no longer wanted last."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from quadrant.cluster import applyset, kept
from quadrant.cluster.changes import Action, Changes
from quadrant.cluster.kubectl import Kubectl, listed
from quadrant.cluster.live import System
from quadrant.cluster.objects import Key, Manifest
from quadrant.rendering import is_ground

Say = Callable[[str], None]
SECONDS_TO_GO = 120
"""How long a deleted object may take to be gone."""


def prepare(kubectl: Kubectl, values: kept.Kept, before: kept.Kept) -> None:
    """Make what all systems of a cluster share, and keep the generated values before anything uses them."""
    kubectl.apply(applyset.ground())
    kubectl.need("wait", "--for=condition=Established", f"crd/{applyset.RESOURCE}", "--timeout=60s")
    if values.values != before.values:
        kept.write(kubectl, values)


def carry_out(
    kubectl: Kubectl, stage: str, system: str, live: System, wanted: Mapping[Key, Manifest], changes: Changes, say: Say
) -> None:
    """Turn what is there into what is wanted; whoever is killed in between may simply start again."""
    kubectl.apply([applyset.parent(system, stage, [*live.members, *wanted])])
    _delete(kubectl, live.members, changes.keys(Action.RECREATE), say)
    due = changes.keys(Action.CREATE, Action.CHANGE, Action.RECREATE)
    objects = [manifest for key, manifest in wanted.items() if key in due]
    for what, those in (
        ("the ground", [one for one in objects if is_ground(one)]),
        ("what stands on it", [one for one in objects if not is_ground(one)]),
    ):
        if those:
            say(f"applying {what}: {len(those)} objects")
            kubectl.apply(those)
    _delete(kubectl, live.members, changes.keys(Action.DELETE), say)
    kubectl.apply([applyset.parent(system, stage, [*wanted, *changes.spared])])


def _delete(kubectl: Kubectl, members: Mapping[Key, Manifest], keys: frozenset[Key], say: Say) -> None:
    """Delete members, the ones that were applied last first."""
    those = [one for key, one in reversed(members.items()) if key in keys]
    if those:
        say(f"deleting {', '.join(str(key) for key in reversed(members) if key in keys)}")
        names = [{key: one[key] for key in ("apiVersion", "kind")} | {"metadata": _place(one)} for one in those]
        wait = ("--ignore-not-found", "--wait", f"--timeout={SECONDS_TO_GO}s")
        kubectl.need("delete", *wait, "-f", "-", stdin=listed(names))


def _place(manifest: Manifest) -> dict[str, str]:
    return {key: manifest["metadata"][key] for key in ("name", "namespace") if key in manifest["metadata"]}
