"""A cluster that is gone for good, dropped from the record of a stack."""

from pathlib import Path

from quadrant_platform.applier.applying import engine_choice
from quadrant_platform.applier.applying.pulumi_cli import PulumiStack
from quadrant_platform.applier.applying.state_record import RecordedCluster, StateRecord, read_record, write_record
from quadrant_platform.applier.clusters import local_state
from quadrant_platform.applier.clusters.connection import kubectl_for
from quadrant_platform.applier.clusters.target import ClusterTarget, ClusterType
from quadrant_platform.data_objects import holds_data
from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.host.progress import Say
from quadrant_platform.preflight.answering import answers
from quadrant_platform.preflight.reading import identity
from quadrant_platform.program.stacks import config_for, stack_name

SHOWN = 8


def forget_cluster(uid: str, system: str, stack: str, say: Say, *, consent: bool) -> None:
    """Drop the record of a cluster and of all that the stack has in it.

    BadInput without the user's consent, where nothing records the cluster, or where it still answers.
    """
    config, name = config_for(system, stack), stack_name(system, stack)
    pulumi = engine_choice.executable()
    engine = PulumiStack(pulumi, name, config) if pulumi else None
    record = read_record(engine) if engine else StateRecord({})
    noted = local_state.last_cluster(name)
    begun = [RecordedCluster(record.home, "no kubeconfig", None)] if record.home else []
    known = {one.uid: one for one in (*begun, *record.clusters, *([RecordedCluster(*noted)] if noted else []))}
    if uid not in known:
        raise BadInput([_unknown(uid, name, known)])
    _check_gone(known[uid], system, stack)
    objects = list(record.objects_in(uid))
    if not consent:
        data = [one["urn"].rpartition("::")[2] for one in objects if holds_data(one.get("inputs", {}))]
        raise BadInput([_unconfirmed(known[uid], name, len(objects), data)])
    if engine and (objects or record.home == uid):
        write_record(engine, record.without(uid))
    if noted and noted[0] == uid:
        local_state.forget_last_cluster(name)
    say(f"{name} no longer records the cluster {uid}: {len(objects)} objects are dropped, nothing was deleted in it")
    if engine:
        say("generated passwords stay in the state: the next cluster gets the same ones, so that restored data opens")


def _unknown(uid: str, name: str, known: dict[str, RecordedCluster]) -> Problem:
    listed = "; ".join(map(str, known.values()))
    return Problem((), f"{name} records no cluster {uid}", f"it records {listed}" if known else "it records none")


def _check_gone(cluster: RecordedCluster, system: str, stack: str) -> None:
    """Raise BadInput where a cluster still answers by the recorded kubeconfig."""
    file = Path(cluster.kubeconfig)
    if not file.is_file():
        return
    kubectl = kubectl_for(ClusterTarget(ClusterType.FOREIGN, file, cluster.context, "recorded"))
    if answers(kubectl) and identity(kubectl) == cluster.uid:
        remedy = f"remove the stack there with `quadrant down --system {system} --stack {stack}`; nothing was changed"
        raise BadInput([Problem((), f"the cluster {cluster} is not gone: it answers", remedy)])


def _unconfirmed(cluster: RecordedCluster, name: str, count: int, data: list[str]) -> Problem:
    shown = ", ".join(sorted(data)[:SHOWN]) + (" …" if data[SHOWN:] else "")
    lost = f", among them data: {shown}" if data else ""
    what = f"the record of {count} objects of {name} in the cluster {cluster} would be dropped{lost}"
    remedy = "pass --yes if the cluster is gone for good: if it is not, they stay in it and nothing knows of them"
    return Problem((), what, f"{remedy}; nothing was changed")
