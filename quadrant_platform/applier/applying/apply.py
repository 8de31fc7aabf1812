"""Changes applied with kubectl: closed networks before pods, and deletions last."""

from collections.abc import Collection

from quadrant_platform.applier.applying.cluster_session import adopt, facts_for
from quadrant_platform.applier.applying.engine_runs import on_cluster
from quadrant_platform.applier.clusters import local_state
from quadrant_platform.applier.clusters.connection import ClusterSession
from quadrant_platform.applier.clusters.local_clusters import LOCAL_CLUSTERS
from quadrant_platform.applier.observed import applyset
from quadrant_platform.applier.observed.discovery import check_rights
from quadrant_platform.applier.observed.lingering import explain_lingering, lingering
from quadrant_platform.applier.observed.object_keys import ObjectKey, key_of, reference_to
from quadrant_platform.applier.planning import generated_values
from quadrant_platform.applier.planning.apply_plan import ApplyPlan, plan_changes
from quadrant_platform.applier.planning.changes import Action
from quadrant_platform.applier.planning.configured_stack import ConfiguredStack, images_of
from quadrant_platform.applier.status import watching
from quadrant_platform.host.kubectl import Kubectl, KubectlError, listed
from quadrant_platform.host.progress import Say
from quadrant_platform.model.stack_file import RELEASE
from quadrant_platform.program.recorder import Recording
from quadrant_platform.program.rendering import Manifest, in_order, is_ground

SECONDS_TO_GO = 120
"""The time in which a deleted object has to be gone."""


def apply_with_pulumi(
    pulumi: str, session: ClusterSession, stack: ConfiguredStack, recording: Recording, say: Say
) -> int:
    """Let pulumi apply what differs from the cluster; return its exit code."""
    found = on_cluster(pulumi, session, stack, say)
    adopt(session, stack, say)
    code = found.run("up", say, recording)
    if code and stack.keeps_data:
        say(f"what the engine calls protected holds data; {RELEASE} in {stack.file} lets it go: docs/losing-nothing.md")
    return code


def apply_with_kubectl(
    session: ClusterSession, stack: ConfiguredStack, recording: Recording, seconds: int, say: Say
) -> list[str]:
    """Apply what differs from the cluster and wait; return what is not ready in the end, and the ends of its logs.

    BadInput, before any change, with everything that the cluster lacks or refuses; KubectlError where it fails later.
    """
    plan = plan_changes(session, stack, recording)
    check_rights(session.kubectl, session.table, list(plan.wanted.values()))
    adopt(session, stack, say)
    _note_cluster(session, stack, say)
    if session.target.type.local:
        LOCAL_CLUSTERS[session.target.type].load(images_of(plan.wanted.values()), say)
    for key in plan.changes.spared:
        say(f"kept although no longer wanted, because of the data in it: {key}")
    if plan.settled:
        say(f"nothing changed: all {plan.changes.unchanged} objects are as they should be")
    else:
        say(plan.changes.summary())
        try:
            _apply(session.kubectl, stack, plan, say)
        except KubectlError as error:
            what = "not everything was applied; once the cause is gone, run the same command to go on"
            raise KubectlError(f"{error}\n{what}") from None
    over = watching.watch(session, stack.installation, plan)
    return list(watching.explained(over, watching.until_ready(over, seconds, say)))


def _note_cluster(session: ClusterSession, stack: ConfiguredStack, say: Say) -> None:
    """Keep where a stack goes, and report what it leaves behind in another cluster."""
    uid = facts_for(session, stack).uid
    last = local_state.last_cluster(stack.name)
    if last and last[0] != uid and not session.target.type.local:
        named = f"`quadrant down {stack.options}`"
        say(f"what {stack.name} has in the cluster {last[0]} (reached by {last[1]}, context {last[2]}) stays there; "
            f"with that kubeconfig, {named} removes it")  # fmt: skip
    local_state.note_last_cluster(stack.name, uid, session.target.kubeconfig, session.context)


def _apply(kubectl: Kubectl, stack: ConfiguredStack, plan: ApplyPlan, say: Say) -> None:
    """Turn the live objects into the wanted ones; after a kill in between, a new run does the rest."""
    _prepare(kubectl, plan)
    # Before anything is applied, the parent names all that may become a member; in the end, those that are one.
    kubectl.apply([_parent(stack, [*plan.live.members, *plan.wanted])])
    _delete(kubectl, plan, Action.RECREATE, say, keep="StatefulSet")
    due = plan.changes.keys(Action.CREATE, Action.CHANGE, Action.RECREATE)
    objects = [manifest for key, manifest in plan.wanted.items() if key in due]
    ground = [one for one in objects if is_ground(one)]
    for what, those in (("ground", ground), ("rest", [one for one in objects if not is_ground(one)])):
        if those:
            say(f"applying the {what}: {len(those)} objects")
            kubectl.apply(those)
    _delete(kubectl, plan, Action.DELETE, say)
    kubectl.apply([_parent(stack, [*plan.wanted, *plan.changes.spared])])


def _parent(stack: ConfiguredStack, members: Collection[ObjectKey]) -> Manifest:
    spec = {"system": stack.system, "stage": stack.stage, "stack": stack.name}
    return applyset.parent(stack.installation, spec, members)


def _prepare(kubectl: Kubectl, plan: ApplyPlan) -> None:
    """Create what all systems of a cluster share, and keep the generated values before anything uses them."""
    kubectl.apply(applyset.ground())
    kubectl.need("wait", "--for=condition=Established", f"crd/{applyset.RESOURCE}", "--timeout=60s")
    if plan.values != plan.before:
        generated_values.write(kubectl, plan.values)


def _delete(kubectl: Kubectl, plan: ApplyPlan, action: Action, say: Say, keep: str = "") -> None:
    """Delete the objects with a change; the pods of the kind `keep` go on, until their next owner takes them over."""
    due = plan.changes.keys(action)
    those = [one for key, one in plan.live.members.items() if key in due]
    delete(kubectl, [one for one in those if one["kind"] == keep], say, "--cascade=orphan")
    delete(kubectl, [one for one in those if one["kind"] != keep], say)


def delete(kubectl: Kubectl, those: Collection[Manifest], say: Say, *options: str) -> None:
    """Delete objects and wait until they are gone; KubectlError with the cause where one stays."""
    if those:
        last_first = list(reversed(in_order(those)))
        say(f"deleting {', '.join(str(key_of(one)) for one in last_first)}")
        names = [reference_to(one) for one in last_first]
        wait = ("--ignore-not-found", "--wait", f"--timeout={SECONDS_TO_GO}s")
        answer = kubectl.run("delete", *options, *wait, "-f", "-", stdin=listed(names))
        if answer.code != 0:
            _check_gone(kubectl, names, answer.complaints())


def _check_gone(kubectl: Kubectl, names: Collection[Manifest], complaints: Collection[str]) -> None:
    """Raise KubectlError, unless what took too long went in the meantime."""
    if not any("timed out waiting" in line for line in complaints):
        raise KubectlError("\n".join(complaints) or "kubectl delete failed")
    if left := lingering(kubectl, names):
        raise KubectlError("\n".join([f"not gone after {SECONDS_TO_GO} s:", *explain_lingering(left, kubectl)]))
