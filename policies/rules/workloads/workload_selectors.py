"""Which pods a workload calls its own, and under which name they are known."""

from __future__ import annotations

from collections.abc import Iterator

from quadrant_platform.policies.core.network_shapes import parsed_selector
from quadrant_platform.policies.core.policy import Finding, ResourcePolicy, Severity, Subject
from quadrant_platform.policies.core.workload_pods import LONG_RUNNING
from quadrant_platform.reachability.selectors import Selector


def workload_selectors(subject: Subject) -> Iterator[Finding]:
    """A workload selects the pods that its own template makes, and a StatefulSet names the Service of its pods."""
    pod, kind = subject.pod, subject.obj.kind
    if pod is None:
        return
    node = subject.node.at("spec", "selector")
    if kind == "ReplicationController":
        selector = Selector(frozenset((node.texts() or pod.labels).items()))
    else:
        selector = parsed_selector(node)
    if not any(selector):
        yield Finding("spec.selector is empty, so it does not say which pods are its own", "selector")
    elif not selector.matches(pod.labels):
        yield Finding(f"spec.selector does not match the labels of {pod.template.path}", "labels")
    if kind == "StatefulSet" and not subject.node.at("spec", "serviceName").text():
        yield Finding("its pods have no host names: spec.serviceName is empty", "service-name")


POLICIES = (
    ResourcePolicy(
        name="workload-selectors", title="A workload selects the pods that it makes",
        severity=Severity.HIGH, tags=("reliability",), kinds=LONG_RUNNING, predicate=workload_selectors,
        why="The API server refuses a selector that misses the template's labels, and a wide one takes in the pods "
        "of others; without a Service name a StatefulSet's pods cannot be told apart.",
        remedy="Write into spec.selector labels that spec.template.metadata.labels carries, and give a StatefulSet "
        "the name of its headless Service.",
    ),
)  # fmt: skip
