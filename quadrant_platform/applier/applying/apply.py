"""Changes carried out: closed networks before pods, and what is no longer wanted last."""

from __future__ import annotations

from collections.abc import Callable, Collection

from quadrant_platform.applier.clusters.kubectl import Kubectl, Refusal, listed
from quadrant_platform.applier.observed import applyset
from quadrant_platform.applier.observed.lingering import explain_lingering, lingering
from quadrant_platform.applier.observed.object_keys import Manifest, key_of
from quadrant_platform.applier.planning import generated_values
from quadrant_platform.applier.planning.apply_plan import ApplyPlan
from quadrant_platform.applier.planning.changes import Action
from quadrant_platform.applier.planning.desired import ConfiguredStack
from quadrant_platform.program.rendering import in_order, is_ground

Say = Callable[[str], None]
SECONDS_TO_GO = 120
"""How long a deleted object may take to be gone."""


def carry_out(kubectl: Kubectl, stack: ConfiguredStack, plan: ApplyPlan, say: Say) -> None:
    """Turn what is there into what is wanted; whoever is killed in between may simply start again."""
    _prepare(kubectl, plan)
    # Before anything is applied, the parent names all that may become a member; in the end, what is one.
    kubectl.apply([applyset.parent(stack.system, stack.stage, [*plan.live.members, *plan.wanted])])
    _delete(kubectl, plan, Action.RECREATE, say)
    due = plan.changes.keys(Action.CREATE, Action.CHANGE, Action.RECREATE)
    objects = [manifest for key, manifest in plan.wanted.items() if key in due]
    ground = [one for one in objects if is_ground(one)]
    for what, those in (("ground", ground), ("rest", [one for one in objects if not is_ground(one)])):
        if those:
            say(f"applying the {what}: {len(those)} objects")
            kubectl.apply(those)
    _delete(kubectl, plan, Action.DELETE, say)
    kubectl.apply([applyset.parent(stack.system, stack.stage, [*plan.wanted, *plan.changes.spared])])


def _prepare(kubectl: Kubectl, plan: ApplyPlan) -> None:
    """Make what all systems of a cluster share, and keep the generated values before anything uses them."""
    kubectl.apply(applyset.ground())
    kubectl.need("wait", "--for=condition=Established", f"crd/{applyset.RESOURCE}", "--timeout=60s")
    if plan.values != plan.before:
        generated_values.write(kubectl, plan.values)


def _delete(kubectl: Kubectl, plan: ApplyPlan, action: Action, say: Say) -> None:
    """Delete members, the ones that were applied last first."""
    due = plan.changes.keys(action)
    delete(kubectl, [one for key, one in plan.live.members.items() if key in due], say)


def delete(kubectl: Kubectl, those: Collection[Manifest], say: Say) -> None:
    """Delete objects and wait until they are gone; Refusal with what holds those that are not."""
    if those:
        last_first = list(reversed(in_order(those)))
        say(f"deleting {', '.join(str(key_of(one)) for one in last_first)}")
        names = [{key: one[key] for key in ("apiVersion", "kind")} | {"metadata": _place(one)} for one in last_first]
        wait = ("--ignore-not-found", "--wait", f"--timeout={SECONDS_TO_GO}s")
        answer = kubectl.run("delete", *wait, "-f", "-", stdin=listed(names))
        if answer.code != 0:
            _check_gone(kubectl, names, answer.complaints())


def _check_gone(kubectl: Kubectl, names: Collection[Manifest], complaints: Collection[str]) -> None:
    """Raise Refusal, unless what took too long went in the meantime."""
    if not any("timed out waiting" in line for line in complaints):
        raise Refusal("\n".join(complaints) or "kubectl delete failed")
    if left := lingering(kubectl, names):
        raise Refusal("\n".join([f"not gone after {SECONDS_TO_GO} s:", *explain_lingering(left, kubectl)]))


def _place(manifest: Manifest) -> dict[str, str]:
    return {key: manifest["metadata"][key] for key in ("name", "namespace") if key in manifest["metadata"]}
