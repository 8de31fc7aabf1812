"""Services: that each leads to the pods of one workload, on a port where they listen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from quadrant_platform.policies.core.access import Node
from quadrant_platform.policies.core.index import StackIndex
from quadrant_platform.policies.core.objects import Object
from quadrant_platform.policies.core.policy import Finding, Severity, StackPolicy
from quadrant_platform.policies.core.workload_pods import WorkloadPod
from quadrant_platform.policies.rules.conventions.quota import GROUP

_POD_NAME = "statefulset.kubernetes.io/pod-name"
_ADDED = frozenset({
    _POD_NAME, "apps.kubernetes.io/pod-index", "pod-template-hash", "controller-revision-hash",
    "rollouts-pod-template-hash", "batch.kubernetes.io/job-name", "job-name",
})  # fmt: skip
"""Labels that are not in the template."""


def services_resolve(stack: StackIndex) -> Iterator[Finding]:
    """A Service's selector matches the pods of one workload, which declare its target ports."""
    for service in stack.of_kind("Service"):
        wanted = service.node.at("spec", "selector").texts()
        if wanted and service.node.at("spec", "type").text() != "ExternalName":
            yield from _judged(stack, service, wanted)
    for obj in stack.of_kind("StatefulSet"):
        name = obj.node.at("spec", "serviceName").text()
        if name and ("Service", obj.namespace, name) not in stack.by_name and stack.shows(obj.namespace, "Service"):
            yield Finding(f"spec.serviceName: there is no Service {name!r}", "service-name", obj)


def _judged(stack: StackIndex, service: Object, wanted: Mapping[str, str]) -> Iterator[Finding]:
    matching = [pod for pod in stack.pods if _matches(wanted, pod)]
    pods = [pod for pod in matching if pod.workload.namespace == service.namespace]
    if not pods and not _of_operators(stack, service, wanted):
        yield from _nobody(stack, service, matching)
    names = sorted(pod.workload.identity for pod in pods)
    if len(names) > 1:
        yield Finding(f"its selector matches {len(names)} workloads: {', '.join(names)}", "unique", service)
    for port in service.node.at("spec", "ports").items():
        for pod in pods:
            yield from _target(service, port, pod)


def _matches(wanted: Mapping[str, str], pod: WorkloadPod) -> bool:
    """Whether the pods carry the labels, those included that their controller adds."""
    given = {key: value for key, value in wanted.items() if key not in _ADDED}
    obj, single = pod.workload, wanted.get(_POD_NAME)
    if single is not None:
        name, _, ordinal = single.rpartition("-")
        number = obj.node.at("spec", "replicas").integer()
        replicas = 1 if number is None else number
        if (obj.kind, obj.name) != ("StatefulSet", name) or not ordinal.isdigit() or int(ordinal) >= replicas:
            return False
    return given.items() <= pod.labels.items()


def _nobody(stack: StackIndex, service: Object, matching: list[WorkloadPod]) -> Iterator[Finding]:
    """A Service alone may belong to pods of other manifests; one beside pods, or with pods elsewhere, does not."""
    if matching:
        yield Finding(f"its selector matches pods of namespace {matching[0].workload.namespace} only", "pod", service)
    elif any(pod.workload.namespace == service.namespace for pod in stack.pods):
        yield Finding("its selector matches no pod", "pod", service)


def _of_operators(stack: StackIndex, service: Object, wanted: Mapping[str, str]) -> bool:
    peers = (peer for matrix in stack.matrices for peer in matrix.shape["peers"].values())
    return any(peer["namespace"] == service.namespace and wanted.items() <= peer["labels"].items() for peer in peers)


def _target(service: Object, port: Node, pod: WorkloadPod) -> Iterator[Finding]:
    """A pod that declares no port at all does not say where it listens."""
    declared = [(one.at("containerPort").integer(), one.at("name").text(), one.at("protocol").text() or "TCP")
                for container in pod.containers for one in container.ports]  # fmt: skip
    target = port.at("targetPort").scalar() or port.at("port").required().integer()
    protocol = port.at("protocol").text() or "TCP"
    known = {(one, kind) for number, name, kind in declared for one in (number, name)}
    if declared and (target, protocol) not in known:
        where = f"{port.path}: target port {target!r}/{protocol}"
        yield Finding(f"{where} is none of {pod.workload.identity}", "target-port", service)


POLICIES = (
    StackPolicy(
        name="services-resolve", title="Services lead to pods",
        severity=Severity.HIGH, tags=("reliability",), group=GROUP, predicate=services_resolve,
        why="A selector or a port that matches nothing fails at the first request, and one that matches two "
        "workloads fails at every second.",
        remedy="Correct the selector to the labels of one workload's pods, and targetPort to a port that they declare.",
    ),
)  # fmt: skip
