"""Ports: where containers listen, and what probes ask."""

from collections import defaultdict
from collections.abc import Iterator

from quadrant_platform.policies.core import Finding, Node, ResourcePolicy, Severity, Subject
from quadrant_platform.policies.core.workload_pods import WORKLOADS, Container, WorkloadPod

FIRST_UNPRIVILEGED = 1024
_SSH = 22
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")


def allowed_ports(subject: Subject) -> Iterator[Finding]:
    """Check that ports are unprivileged, declared and named, and that none is for remote shells."""
    if subject.obj.kind == "Service":
        yield from _service_ports(subject)
    elif subject.pod is not None:
        yield from _container_ports(subject.pod, subject.config.low_ports)
        yield from _names(subject.pod)
        for container in subject.pod.containers:
            yield from _probe_ports(container)


def _service_ports(subject: Subject) -> Iterator[Finding]:
    for port in subject.node.at("spec", "ports").items():
        number, target = port.at("port").integer(), port.at("targetPort").scalar()
        if number == _SSH:
            yield Finding(f"port 22 ({port.path}) is for remote shells", "service-port")
        if isinstance(target, int) and _is_low(target, subject.config.low_ports):
            yield Finding(f"{port.path} forwards to {_describe(target)}", "service-port")


def _container_ports(pod: WorkloadPod, allowed: frozenset[int]) -> Iterator[Finding]:
    for container in pod.containers:
        for number in sorted({_number(port) for port in container.ports}):
            if _is_low(number, allowed):
                yield Finding(f"{container.where} listens on {_describe(number)}", "container-port")


def _number(port: Node) -> int:
    return port.at("containerPort").required().integer() or 0


def _is_low(number: int, allowed: frozenset[int]) -> bool:
    return number == _SSH or (number < FIRST_UNPRIVILEGED and number not in allowed)


def _describe(number: int) -> str:
    return "port 22, which is for remote shells" if number == _SSH else f"the privileged port {number}"


def _names(pod: WorkloadPod) -> Iterator[Finding]:
    """Yield port names that a NetworkPolicy or a Service could not resolve to one number in the pod."""
    ports = [port for container in pod.containers if container.keeps_running for port in container.ports]
    numbers = defaultdict(set)
    for port in ports:
        name = port.at("name").text()
        numbers[name].add(_number(port))
        if not name and len(ports) > 1:
            yield Finding(f"{port.path} has no name, though the pod has {len(ports)} ports", "port-name")
    for name, found in numbers.items():
        if name and len(found) > 1:
            yield Finding(f"the name {name!r} means the ports {', '.join(map(str, sorted(found)))}", "port-name")


def _probe_ports(container: Container) -> Iterator[Finding]:
    """Yield probes of undeclared ports; a number may be another container's, a name only this one's."""
    declared = {_number(port) for one in container.pod.containers if one.keeps_running or one is container
                for port in one.ports}  # fmt: skip
    names = {port.at("name").text() for port in container.ports} - {""}
    for probe in _PROBES:
        for action in ("httpGet", "tcpSocket", "grpc"):
            port = container.node.at(probe, action, "port")
            if port.present() and port.scalar() not in declared | names:
                which = f"port {port.scalar()!r} ({port.path})"
                yield Finding(f"{container.where} probes {which}, which is not declared", "probe-port")


POLICIES = (
    ResourcePolicy(
        name="allowed-ports", title="Ports are unprivileged, declared, and not for remote shells",
        severity=Severity.MEDIUM, tags=("CIS-5.2", "NSA-2"), kinds=WORKLOADS | {"Service"},
        predicate=allowed_ports,
        why="A port below 1024 needs a capability, port 22 is a back door, a probe of an undeclared port asks "
        "what no NetworkPolicy covers, and rules by name need names.",
        remedy="Listen on a port of 1024 or more and let the Service map 80 and 443, or list it in lowPorts; name the "
        "ports, and probe a declared one.",
    ),
)  # fmt: skip
