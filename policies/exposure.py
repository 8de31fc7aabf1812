"""Ports and Services: what listens where, and what is public."""

from __future__ import annotations

from collections.abc import Iterator

from policies.access import Node
from policies.pod_security import WORKLOADS
from policies.pods import Container
from policies.rules import Finding, ResourcePolicy, Severity, Subject

FIRST_UNPRIVILEGED = 1024
_SSH = 22
_SERVICES = frozenset({"Service"})
_PROBES = (("livenessProbe",), ("readinessProbe",), ("startupProbe",))


def allowed_ports(subject: Subject) -> Iterator[Finding]:
    """Containers listen above 1024, and probes ask a port that the container declares."""
    for container in subject.pod.containers if subject.pod else ():
        numbers = {port.at("containerPort").required().integer() for port in container.ports}
        for number in sorted(number for number in numbers if number is not None):
            if number < FIRST_UNPRIVILEGED:
                yield Finding(f"{container.where} listens on {_named(number)}", "container-port")
        yield from _probe_ports(container, numbers)


def _named(number: int) -> str:
    return "port 22, which is for remote shells" if number == _SSH else f"the privileged port {number}"


def _probe_ports(container: Container, numbers: set[int | None]) -> Iterator[Finding]:
    declared = numbers | {port.at("name").text() for port in container.ports}
    for keys in _PROBES:
        for action in ("httpGet", "tcpSocket", "grpc"):
            port = container.node.at(*keys, action, "port")
            if port.present() and port.scalar() not in declared:
                probe = f"port {port.scalar()!r} ({port.path})"
                yield Finding(f"{container.where} probes {probe}, which it does not declare", "probe-port")


def service_ports(subject: Subject) -> Iterator[Finding]:
    """A Service forwards to an unprivileged port and offers no remote shell."""
    for port in subject.node.at("spec", "ports").items():
        number, target = port.at("port").integer(), port.at("targetPort").scalar()
        if number == _SSH:
            yield Finding(f"port 22 ({port.path}) is for remote shells", "service-port")
        if isinstance(target, int) and target < FIRST_UNPRIVILEGED:
            yield Finding(f"{port.path} forwards to {_named(target)}", "service-port")


def ports(subject: Subject) -> Iterator[Finding]:
    """No privileged port, no port 22, no probe of an undeclared port."""
    yield from service_ports(subject) if subject.obj.kind == "Service" else allowed_ports(subject)


def service_exposure(subject: Subject) -> Iterator[Finding]:
    """Services are ClusterIP; only the public ones are a LoadBalancer, on the public ports."""
    spec = subject.node.at("spec")
    kind = spec.at("type").text() or "ClusterIP"
    if kind == "LoadBalancer":
        yield from _load_balancer(subject, spec)
    elif kind not in {"ClusterIP", "ExternalName"}:  # an alias is a matter of its own policy
        yield Finding(f"spec.type is {kind}", "type")
    if any(True for _ in spec.at("externalIPs").items()):
        yield Finding("spec.externalIPs is set", "externalIPs")


def _load_balancer(subject: Subject, spec: Node) -> Iterator[Finding]:
    if subject.obj.name not in subject.config.public_services:
        yield Finding("spec.type is LoadBalancer", "type")
    for port in spec.at("ports").items():
        if port.at("port").integer() not in subject.config.public_ports:
            yield Finding(f"port {port.at('port').integer()} ({port.path}) is public", "public-port")


POLICIES = (
    ResourcePolicy(
        name="allowed-ports", title="Ports are unprivileged, declared, and not for remote shells",
        severity=Severity.MEDIUM, tags=("CIS-5.2",), kinds=WORKLOADS | {"Service"}, predicate=ports,
        why="A port below 1024 needs a capability, port 22 is a back door, and a probe of an undeclared port "
        "asks something that no NetworkPolicy and no reader knows of.",
        remedy="Listen on a port of 1024 or more, let the Service map 80 and 443, and probe a declared port.",
    ),
    ResourcePolicy(
        name="service-exposure", title="Only Traefik is public, on 80 and 443",
        severity=Severity.CRITICAL, tags=("NSA-2",), kinds=_SERVICES, predicate=service_exposure,
        why="Every other LoadBalancer, NodePort, external address or alias is a way past the entry point.",
        remedy="Use ClusterIP and give the workload a route; the dashboard's 8080 is never public.",
    ),
)  # fmt: skip
