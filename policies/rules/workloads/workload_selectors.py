"""Which pods a workload selects, and the Service of their names."""

from collections.abc import Iterator

from quadrant_platform.policies.core import Finding, ResourcePolicy, Severity, Subject
from quadrant_platform.policies.core.network_reads import selector_of
from quadrant_platform.policies.core.workload_pods import LONG_RUNNING
from quadrant_platform.reachability import Selector


def workload_selectors(subject: Subject) -> Iterator[Finding]:
    """Check that a workload selects the pods that its template makes, and a StatefulSet names their Service."""
    pod, kind = subject.pod, subject.obj.kind
    if pod is None:
        return
    node = subject.node.at("spec", "selector")
    if kind == "ReplicationController":
        selector = Selector(frozenset((node.texts() or pod.labels).items()))
    else:
        selector = selector_of(node)
    if not any(selector):
        yield Finding("spec.selector is empty: it does not name the workload's own pods", "selector")
    elif not selector.matches(pod.labels):
        yield Finding(f"spec.selector does not match the labels of {pod.template.path}", "labels")
    if kind == "StatefulSet" and not subject.node.at("spec", "serviceName").text():
        yield Finding("its pods have no host names: spec.serviceName is empty", "service-name")


POLICIES = (
    ResourcePolicy(
        name="workload-selectors", title="A workload selects the pods that it makes",
        severity=Severity.HIGH, tags=("reliability",), kinds=LONG_RUNNING, predicate=workload_selectors,
        why="The API server refuses a selector that misses the template's labels, and a wide one takes in the pods "
        "of others; without a Service name a StatefulSet's pods cannot be distinguished.",
        remedy="Write into spec.selector labels that spec.template.metadata.labels carries, and give a StatefulSet "
        "the name of its headless Service.",
    ),
)  # fmt: skip
