"""The removal of a stack, and of a local cluster with its last one."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack

from quadrant_platform.applier.applying import cluster_session, engine_runs
from quadrant_platform.applier.applying.apply import delete
from quadrant_platform.applier.clusters import local_state
from quadrant_platform.applier.clusters.connection import ClusterSession, connect, is_running
from quadrant_platform.applier.clusters.local_clusters import LOCAL_CLUSTERS
from quadrant_platform.applier.clusters.target import ClusterTarget, ClusterType
from quadrant_platform.applier.observed import applyset, live
from quadrant_platform.applier.observed.object_keys import by_key
from quadrant_platform.applier.planning import lost_data
from quadrant_platform.applier.planning.configured_stack import ConfiguredStack
from quadrant_platform.applier.planning.generated_values import secret_name
from quadrant_platform.data_objects import holds_data
from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.host.kubectl import KubectlError
from quadrant_platform.host.progress import Say
from quadrant_platform.model.expansion.retention import EVERYTHING
from quadrant_platform.model.stack_file import released_names
from quadrant_platform.program.rendering import Manifest


def remove_stack(target: ClusterTarget, stack: ConfiguredStack, say: Say, *, consent: bool) -> int:
    """Remove a stack with its data; return the exit code of the program that did it.

    BadInput without the user's consent where it goes from a foreign cluster, or where the data of others goes too.
    """
    remove = _remove_from_local if target.type.local else _remove_from_foreign
    return remove(target, stack, say, consent)


def _remove_from_local(target: ClusterTarget, stack: ConfiguredStack, say: Say, consent: bool) -> int:
    ours = stack.installation
    with local_state.membership_lock(target.type, say):
        noted = {other: found for other, found in local_state.stacks(target.type).items() if other != ours}
        if not is_running(target):
            if not consent:
                _check_last(target, stack, noted)
            _remove_cluster(target.type, noted, say)
            return 0
        session = connect(target)
        there = live.parents(session.kubectl, session.table)
        live.check_stack(there.get(ours), stack.name, stack.stage)
        others = sorted({*there, *noted} - {ours})
        if not others:
            _remove_cluster(target.type, noted, say)
            return 0
    say(f"the {target.type} stays: {' and '.join(others)} came up in it too, or began to")
    code = _remove_from_cluster(session, stack, say)
    if code == 0:
        with local_state.membership_lock(target.type, say):
            local_state.forget(target.type, ours)
    return code


def _check_last(target: ClusterTarget, stack: ConfiguredStack, noted: Mapping[str, str]) -> None:
    """Raise BadInput where a local cluster was up, does not answer, and holds the data of other installations."""
    if not noted or not target.kubeconfig.exists():
        return
    others, ours = " and ".join(sorted(noted)), stack.installation
    what = f"the {target.type} does not answer, and the data of {others} would go with it, not that of {ours} alone"
    remedy = (
        f"start it with `quadrant up {noted[min(noted)]}` and run this again, or remove everything "
        f"with `quadrant down {stack.options} --yes`; nothing was changed"
    )
    raise BadInput([Problem((), what, remedy)])


def _remove_cluster(cluster: ClusterType, noted: Collection[str], say: Say) -> None:
    """Remove a local cluster with all that is in it; BadInput where another command is changing a stack of it."""
    with ExitStack() as alone:
        for other in noted:
            alone.enter_context(local_state.installation_lock(other))
        LOCAL_CLUSTERS[cluster].down(say)
        local_state.forget(cluster)


def _remove_from_foreign(target: ClusterTarget, stack: ConfiguredStack, say: Say, consent: bool) -> int:
    session, ours = connect(target), stack.installation
    live.check_stack(live.parents(session.kubectl, session.table).get(ours), stack.name, stack.stage)
    if not consent:
        what = f"{target.kubeconfig} is not Quadrant's own cluster, and {ours} goes with all of its data"
        raise BadInput([Problem((), what, "pass --yes to do it; nothing was changed")])
    return _remove_from_cluster(session, stack, say)


def _remove_from_cluster(session: ClusterSession, offline: ConfiguredStack, say: Say) -> int:
    """Remove a stack from a cluster that stays, with the program that applied it; return its exit code."""
    stack = cluster_session.configure_for(session, offline.system, offline.stack, say)
    choice = cluster_session.choose_applier(session, stack)
    if stack.keeps_data and EVERYTHING not in (released_names(stack.config) or ()):
        kept = _recorded_data(stack) if choice.pulumi else _live_data(session, stack.installation)
        lost_data.check_removal(list(kept), stack.file)
    if choice.pulumi is not None:
        return engine_runs.on_cluster(choice.pulumi, session, stack, say).run("destroy", say)
    try:
        remove_members(session, stack.installation, say)
    except KubectlError as error:
        what = "not everything is gone; once the cause is gone, run the same command to go on"
        raise KubectlError(f"{error}\n{what}") from None
    return 0


def _recorded_data(stack: ConfiguredStack) -> Iterator[Manifest]:
    """Yield the objects with data that the engine keeps."""
    yield from (one.inputs for one in stack.recorded().resources if one.kept and one.is_manifest)


def _live_data(session: ClusterSession, installation: str) -> Iterator[Manifest]:
    """Yield the objects with data that an installation has not let go, and all claims in its namespaces."""
    parent = live.parents(session.kubectl, session.table).get(installation)
    members = live.members(session.kubectl, session.table, installation, applyset.kinds_of(parent)) if parent else {}
    spaces = {key.name for key in members if key.kind == "Namespace"}
    claims = by_key(session.kubectl.objects("get", "persistentvolumeclaims", "--all-namespaces"))
    inside = {key: one for key, one in claims.items() if key.namespace in spaces}
    yield from (one for one in {**inside, **members}.values() if holds_data(one) and not lost_data.is_released(one))


def remove_members(session: ClusterSession, installation: str, say: Say) -> None:
    """Delete an installation's members with their data, and after the last one what all of them share.

    KubectlError where an object stays. The parent goes last, so that the next run finds the rest again.
    """
    kubectl = session.kubectl
    there = live.parents(kubectl, session.table)
    if installation not in there:
        say(f"nothing of {installation} is in the cluster")
        return
    parent = there.pop(installation)
    members = live.members(kubectl, session.table, installation, applyset.kinds_of(parent))
    # Whatever has a namespace goes with it.
    delete(kubectl, [one for key, one in members.items() if not key.namespace], say)
    kubectl.need("delete", "secret", secret_name(installation), "--namespace", applyset.NAMESPACE, "--ignore-not-found")
    kubectl.need("delete", applyset.RESOURCE, installation, "--ignore-not-found")
    if not there:
        delete(kubectl, [one for one in applyset.ground() if not one["metadata"].get("namespace")], say)
    say(f"{installation} is gone; kept: the operators' CRDs, and volumes whose class retains them")
