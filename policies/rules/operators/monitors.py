"""ServiceMonitors and PodMonitors: each selects something, on a port that is there by that name."""

from collections.abc import Iterable, Iterator

from quadrant_platform.policies.core import Finding, Node, Object, Severity, StackIndex, StackPolicy
from quadrant_platform.policies.core.network_reads import selector_of
from quadrant_platform.policies.core.policy import CONSISTENCY
from quadrant_platform.policies.core.workload_pods import WorkloadPod
from quadrant_platform.reachability import Selector

MONITORING = "monitoring.coreos.com"
_SHARED = frozenset({"kube-system", "default"})
"""Namespaces in which the cluster and its operators make Services and pods of their own."""


def monitors_lead_somewhere(stack: StackIndex) -> Iterator[Finding]:
    """Check that every monitor selects Services or pods, and names ports of theirs."""
    for obj in stack.of_kind("ServiceMonitor", "PodMonitor"):
        if obj.group == MONITORING:
            spaces = _namespaces(stack, obj)
            selector = selector_of(obj.node.at("spec", "selector"))
            yield from (_of_services if obj.kind == "ServiceMonitor" else _of_pods)(stack, obj, spaces, selector)


def _namespaces(stack: StackIndex, obj: Object) -> frozenset[str]:
    chosen = obj.node.at("spec", "namespaceSelector")
    if chosen.at("any").flag():
        return frozenset(one.namespace for one in stack.objects if one.namespace)
    return frozenset(one.text() for one in chosen.at("matchNames").items()) or frozenset({obj.namespace})


def _of_services(stack: StackIndex, obj: Object, spaces: frozenset[str], selector: Selector) -> Iterator[Finding]:
    here = [one for one in stack.of_kind("Service") if one.namespace in spaces]
    chosen = [one for one in here if selector.matches(one.labels)]
    if not chosen:
        if _is_known(stack, spaces, "Service"):
            yield Finding(f"spec.selector matches no Service of {', '.join(sorted(spaces))}", "selector", obj)
        return
    names = {port.at("name").text() for one in chosen for port in one.node.at("spec", "ports").items()}
    pods = [pod for one in chosen for pod in _behind(stack, one)]
    for endpoint in obj.node.at("spec", "endpoints").items():
        yield from _named_port(obj, endpoint.at("port"), names, ", ".join(sorted(one.identity for one in chosen)))
        yield from _target(obj, endpoint.at("targetPort"), pods)


def _of_pods(stack: StackIndex, obj: Object, spaces: frozenset[str], selector: Selector) -> Iterator[Finding]:
    if any(stack.may_be_made(selector, space) for space in spaces):
        return
    here = [pod for pod in stack.pods if pod.workload.namespace in spaces]
    chosen = [pod for pod in here if selector.matches(pod.labels)]
    if here and not chosen and not spaces & _SHARED:
        yield Finding(f"spec.selector matches no pod of {', '.join(sorted(spaces))}", "selector", obj)
    for endpoint in obj.node.at("spec", "podMetricsEndpoints").items() if chosen else ():
        known = {name for name, _ in _ports(chosen)}
        yield from _named_port(
            obj, endpoint.at("port"), known, ", ".join(sorted({p.workload.identity for p in chosen}))
        )
        for field in ("portNumber", "targetPort"):
            yield from _target(obj, endpoint.at(field), chosen)


def _is_known(stack: StackIndex, spaces: Iterable[str], kind: str) -> bool:
    """Return whether all Services of the namespaces are here: operators make some for their resources."""
    made = any(key[0] == kind and key[1] in spaces for one in stack.made for key in one.objects)
    return not made and all(space not in _SHARED and stack.is_complete(space, kind) for space in spaces)


def _behind(stack: StackIndex, service: Object) -> Iterator[WorkloadPod]:
    wanted = service.node.at("spec", "selector").texts()
    for pod in stack.pods if wanted else ():
        if pod.workload.namespace == service.namespace and wanted.items() <= pod.labels.items():
            yield pod


def _ports(pods: Iterable[WorkloadPod]) -> Iterator[tuple[str, int | None]]:
    for pod in pods:
        for container in pod.containers:
            yield from ((port.at("name").text(), port.at("containerPort").integer()) for port in container.ports)


def _named_port(obj: Object, node: Node, names: set[str], where: str) -> Iterator[Finding]:
    port = node.scalar()
    if isinstance(port, int) or (port and str(port).isdigit()):
        yield Finding(f"{node.path} is the number {port}: write the port's name", "number", obj)
    elif port and port not in names:
        yield Finding(f"{node.path}: {where} has no port {port!r}", "port", obj)


def _target(obj: Object, node: Node, pods: list[WorkloadPod]) -> Iterator[Finding]:
    """Yield a port that no container declares, of pods that declare some."""
    declared = {value for one in _ports(pods) for value in one}
    target = node.scalar()
    if target and declared and target not in declared:
        where = ", ".join(sorted({pod.workload.identity for pod in pods}))
        yield Finding(f"{node.path}: {where} declares no port {target!r}", "target-port", obj)


POLICIES = (
    StackPolicy(
        name="monitors-resolve", title="Monitors lead to ports of Services and pods",
        severity=Severity.HIGH, tags=("observability",), group=CONSISTENCY, predicate=monitors_lead_somewhere,
        why="Prometheus scrapes nothing for a monitor that selects nothing or names a port by another name, so that "
        "every alert on its metrics stays silent.",
        remedy="Select the labels of the Service itself, not those of its pods, name its namespace in "
        "namespaceSelector, and name the port as the Service does.",
    ),
)  # fmt: skip
