"""One stack, one cluster: what the state records, against what the settings lead to."""

from quadrant_platform.applier.applying.pulumi_cli import PulumiStack
from quadrant_platform.applier.applying.state_record import RecordedCluster, StateRecord, read_record, write_record
from quadrant_platform.applier.clusters.connection import ClusterSession
from quadrant_platform.applier.clusters.target import ClusterTarget
from quadrant_platform.applier.planning.configured_stack import ConfiguredStack
from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.host.progress import Say
from quadrant_platform.model.stack_file import KUBECONFIG
from quadrant_platform.preflight import origins
from quadrant_platform.preflight.facts import ClusterFacts
from quadrant_platform.preflight.origins import NEW, installed


def record_of(
    engine: PulumiStack, session: ClusterSession, stack: ConfiguredStack, facts: ClusterFacts, say: Say
) -> StateRecord:
    """Return the record of a stack in its cluster; BadInput where one of the two belongs to another.

    The record of a cluster that Quadrant made and that is gone is dropped: nobody else can have it.
    """
    record = read_record(engine)
    for other in (one for one in record.clusters if one.uid != facts.uid):
        if not _was_our_own(other, session.target):
            raise BadInput([_elsewhere(other, session, stack, facts.uid)])
        say(f"the {session.target.type} that the state records is gone, so its record goes too; passwords stay")
        record = record.without(other.uid)
        write_record(engine, record)
    if record.home not in (None, facts.uid):
        # Nothing is left in the cluster in which it began.
        record = record.without(record.home or "")
        write_record(engine, record)
    if found := origins.problems(facts, installed(stack.installation, stack.name), record.identity or NEW):
        raise BadInput(found)
    return record


def has_moved(record: StateRecord, target: ClusterTarget) -> bool:
    """Return whether the recorded way to the cluster is another than the present one."""
    present = str(target.kubeconfig), target.context
    return any((one.kubeconfig, one.context) != present for one in record.clusters)


def _was_our_own(recorded: RecordedCluster, target: ClusterTarget) -> bool:
    return target.type.local and recorded.kubeconfig == str(target.kubeconfig)


def _elsewhere(recorded: RecordedCluster, session: ClusterSession, stack: ConfiguredStack, uid: str) -> Problem:
    present = RecordedCluster(uid, str(session.target.kubeconfig), session.context)
    what = f"the state of {stack.name} records the cluster {recorded}, and its settings lead to the cluster {present}"
    remedy = (
        f"set {KUBECONFIG} back, or to another file of that cluster; to leave it, run `quadrant down {stack.options}` "
        f"there first; if it is gone for good, `quadrant forget {recorded.uid} {stack.options}` drops its record; "
        "nothing was changed"
    )
    return Problem((), what, remedy)
