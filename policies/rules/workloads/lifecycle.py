"""The lifecycle of workloads: who replaces a pod, how an update runs, when a Job ends."""

from collections.abc import Iterator

from quadrant_platform.policies.core import Finding, Level, Node, ResourcePolicy, Severity, Subject
from quadrant_platform.policies.core.workload_pods import WORKLOADS, WorkloadPod
from quadrant_platform.policies.rules.workloads.sleeping import seconds_slept
from quadrant_platform.vocabulary import MANAGED_BY_LABEL

_KEEPERS = ("helm.sh/hook", "kubernetes.io/config.mirror")
"""Annotations of objects that Helm removes or the kubelet restores."""
_GRACE = 30
"""The seconds that a pod has to end where none are stated."""
_UNAVAILABLE = (
    ("strategy", "rollingUpdate", "maxUnavailable"),
    ("updateStrategy", "rollingUpdate", "maxUnavailable"),
    ("strategy", "canary", "maxUnavailable"),
)


def _is_kept(subject: Subject) -> bool:
    """Return whether an owner, Helm or the kubelet manages the object's lifetime."""
    return subject.obj.is_owned or any(subject.obj.annotations.at(name).present() for name in _KEEPERS)


def no_bare_pods(subject: Subject) -> Iterator[Finding]:
    """Check that a Pod belongs to a controller, which makes another one when its node dies."""
    if subject.obj.kind == "Pod" and not _is_kept(subject):
        yield Finding("nothing replaces this Pod when its node dies")


def rollout_safety(subject: Subject) -> Iterator[Finding]:
    """Check that updates leave pods running, that pods may finish, that they have priorities, and that Jobs end."""
    pod = subject.pod
    if pod is None:
        return
    yield from _update(subject, pod)
    if pod.spec.at("terminationGracePeriodSeconds").integer() == 0:
        yield Finding("its pods are killed at once: terminationGracePeriodSeconds is 0", "grace")
    yield from _last_words(pod)
    if not pod.spec.at("priorityClassName").text() and subject.obj.kind != "PodTemplate":
        yield Finding("its pods have no priorityClassName", "priority")
    if subject.obj.kind in {"Job", "CronJob"}:
        yield from _ending(subject, pod)


def _update(subject: Subject, pod: WorkloadPod) -> Iterator[Finding]:
    spec = subject.node.at("spec")
    if spec.at("strategy", "type").text() == "Recreate" and not _has_claim(pod):
        yield Finding("an update stops all its pods first: strategy.type is Recreate", "strategy")
    if spec.at("updateStrategy", "type").text() == "OnDelete":
        yield Finding("an update waits until the pods are deleted by hand: updateStrategy.type is OnDelete", "strategy")
    for path in _UNAVAILABLE:
        node = spec.at(*path)
        if node.present() and _is_all(node, spec.at("replicas").integer()):
            yield Finding(f"an update may stop all its pods at once ({node.path})", "strategy")


def _last_words(pod: WorkloadPod) -> Iterator[Finding]:
    """Yield hooks that sleep through the time that the pod has to end: the program is killed without a word."""
    given = pod.spec.at("terminationGracePeriodSeconds").integer()
    grace = _GRACE if given is None else given
    for container in pod.containers:
        command = [word.text() for word in container.node.at("lifecycle", "preStop", "exec", "command").items()]
        if 0 < grace <= (slept := seconds_slept(command)):
            message = f"sleeps {slept:g} s before it ends, of the {grace} s that terminationGracePeriodSeconds gives"
            yield Finding(f"{container.where} {message}: its program never hears of the end", "pre-stop")


def _has_claim(pod: WorkloadPod) -> bool:
    """Return whether a pod has a claim: where one pod at a time may hold it, the old one stops first."""
    return any(volume.at(kind).present() for volume in pod.volumes for kind in ("persistentVolumeClaim", "ephemeral"))


def _is_all(node: Node, replicas: int | None) -> bool:
    value = node.scalar()
    if isinstance(value, str):
        return value.strip() == "100%"
    return value is not None and replicas is not None and 1 < replicas <= value


def _ending(subject: Subject, pod: WorkloadPod) -> Iterator[Finding]:
    spec = subject.node.at("spec")
    run = spec.at("jobTemplate", "spec") if subject.obj.kind == "CronJob" else spec
    if not any(node.at("activeDeadlineSeconds").present() for node in (run, pod.spec)):
        yield Finding(f"a run may last for ever: {run.path} has no activeDeadlineSeconds", "deadline")
    if subject.obj.kind == "CronJob":
        if spec.at("concurrencyPolicy").text() in {"", "Allow"}:
            yield Finding("a run may begin before the last one ends: concurrencyPolicy is Allow", "concurrency")
        if not spec.at("startingDeadlineSeconds").present():
            yield Finding("a missed run begins at any later time: spec has no startingDeadlineSeconds", "start")
    elif not run.at("ttlSecondsAfterFinished").present() and not _is_kept(subject) and not _is_managed(subject):
        yield Finding("it stays when it has finished: spec has no ttlSecondsAfterFinished", "ttl")


def _is_managed(subject: Subject) -> bool:
    """Return whether a tool applies the Job; once removed from the cluster, it would run again."""
    return bool(subject.obj.labels.get(MANAGED_BY_LABEL))


POLICIES = (
    ResourcePolicy(
        name="no-bare-pods", title="Every pod belongs to a controller",
        severity=Severity.MEDIUM, tags=("reliability",), kinds=frozenset({"Pod"}), predicate=no_bare_pods,
        why="A Pod alone is gone when its node is drained or dies, and cannot be updated.",
        remedy="Use a Deployment, a StatefulSet, a DaemonSet or a Job.",
    ),
    ResourcePolicy(
        name="rollout-safety", title="Updates, drains and Jobs end well", level=Level.ADVISORY,
        severity=Severity.MEDIUM, tags=("reliability",), kinds=WORKLOADS, predicate=rollout_safety,
        why="An update that stops all pods is an outage, a pod without time to finish drops requests, without "
        "priorities the wrong pod is evicted, and Jobs without an end pile up.",
        remedy="Use RollingUpdate with maxUnavailable below the copies, a terminationGracePeriodSeconds above what "
        "preStop sleeps, a priorityClassName, for Jobs activeDeadlineSeconds and ttlSecondsAfterFinished (or the label "
        f"{MANAGED_BY_LABEL} where a tool removes them), for CronJobs concurrencyPolicy Forbid or Replace and "
        "startingDeadlineSeconds.",
    ),
)  # fmt: skip
