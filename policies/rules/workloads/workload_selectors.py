"""Which pods a workload selects, its own and those of others, and the Service of their names."""

from collections.abc import Iterator

from quadrant_platform.policies.core import Finding, Object, ResourcePolicy, Severity, StackIndex, StackPolicy, Subject
from quadrant_platform.policies.core.network_reads import selector_of
from quadrant_platform.policies.core.policy import CONSISTENCY
from quadrant_platform.policies.core.workload_pods import LONG_RUNNING, WorkloadPod
from quadrant_platform.policies.rules.workloads.applications import of_template, selects_template
from quadrant_platform.policies.rules.workloads.autoscalers import scalers_of
from quadrant_platform.reachability import LabelIndex, Selector

_ADOPTING = frozenset({"ReplicaSet", "ReplicationController"})
_HOOK = "helm.sh/hook"
"""The annotation of Helm's own pods, such as those of `helm test`, which carry the labels of what they try."""


def _selector(pod: WorkloadPod) -> Selector:
    node = pod.workload.node.at("spec", "selector")
    if pod.workload.kind == "ReplicationController":
        return Selector(frozenset((node.texts() or pod.labels).items()))
    return selector_of(node)


def workload_selectors(subject: Subject) -> Iterator[Finding]:
    """Check that a workload selects the pods that its template makes, and a StatefulSet names their Service."""
    pod, kind = subject.pod, subject.obj.kind
    if pod is None:
        return
    selector = _selector(pod)
    if not any(selector):
        yield Finding("spec.selector is empty: it does not name the workload's own pods", "selector")
    elif not selector.matches(pod.labels):
        yield Finding(f"spec.selector does not match the labels of {pod.template.path}", "labels")
    if kind == "StatefulSet" and not subject.node.at("spec", "serviceName").text():
        yield Finding("its pods have no host names: spec.serviceName is empty", "service-name")


def takes(pod: WorkloadPod, other: WorkloadPod) -> bool:
    """Return whether a workload selects the pods of another one in its namespace."""
    if pod.workload.kind not in LONG_RUNNING or not _is_taken(pod.workload, other.workload):
        return False
    selector = _selector(pod)
    return any(selector) and selects_template(selector, pod) and selects_template(selector, other)


def workloads_apart(stack: StackIndex) -> Iterator[Finding]:
    """Check that no workload selects the pods of another, which an autoscaler then counts as its own."""
    scaled = {scaler.target: scaler.obj for scaler in scalers_of(stack)}
    for namespace in sorted({pod.workload.namespace for pod in stack.declared_pods}):
        for one, others in _takers([pod for pod in stack.pods_in(namespace) if not _is_apart(pod)]):
            scaler = scaled.get((one.kind, namespace, one.name))
            counted = f", and {scaler.identity} scales by them" if scaler else ""
            yield Finding(f"spec.selector takes the pods of {', '.join(others)} as its own{counted}", "", one)


def _takers(pods: list[WorkloadPod]) -> Iterator[tuple[Object, list[str]]]:
    """Yield the workloads that take the pods of others, and these; where two take each other's, the first."""
    index = LabelIndex({str(place): pod.labels for place, pod in enumerate(pods)})
    told = set[frozenset[str]]()
    for pod in pods:
        selector, own = _selector(pod) if pod.workload.kind in LONG_RUNNING else Selector(), pod.workload.identity
        if not any(selector) or not selects_template(selector, pod):
            continue
        matching = (pods[int(place)].workload for place in index.select(of_template(selector)))
        taken = {one.identity for one in matching if _is_taken(pod.workload, one)} - {own}
        others = sorted(one for one in taken if frozenset({own, one}) not in told)
        told |= {frozenset({own, one}) for one in others}
        if others:
            yield pod.workload, others


def _is_taken(obj: Object, other: Object) -> bool:
    """Return whether taking is a mistake: a bare Pod is there to be adopted by what keeps its copies."""
    return obj.is_beside(other) and not (other.kind == "Pod" and obj.kind in _ADOPTING)


def _is_apart(pod: WorkloadPod) -> bool:
    """Return whether a pod is another controller's, or comes and goes with a run of Helm."""
    return pod.workload.is_owned or pod.workload.annotations.at(_HOOK).present()


POLICIES = (
    ResourcePolicy(
        name="workload-selectors", title="A workload selects the pods that it makes",
        severity=Severity.HIGH, tags=("reliability",), kinds=LONG_RUNNING, predicate=workload_selectors,
        why="The API server refuses a selector that misses the template's labels, and a wide one takes in the pods "
        "of others; without a Service name a StatefulSet's pods cannot be distinguished.",
        remedy="Write into spec.selector labels that spec.template.metadata.labels carries, and give a StatefulSet "
        "the name of its headless Service.",
    ),
    StackPolicy(
        name="workloads-apart", title="No workload selects the pods of another",
        severity=Severity.HIGH, tags=("reliability",), group=CONSISTENCY, predicate=workloads_apart,
        why="Two controllers take the same pods as theirs: autoscalers and budgets count too many, and pods without "
        "an owner are adopted by the wrong one.",
        remedy="Give each workload a label with a value of its own, such as app.kubernetes.io/name or track, in its "
        "selector and its template.",
    ),
)  # fmt: skip
