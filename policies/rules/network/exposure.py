"""Services: which of them are public, and on which ports."""

from __future__ import annotations

from collections.abc import Iterator

from quadrant_platform.policies.core.access import Node
from quadrant_platform.policies.core.policy import Finding, ResourcePolicy, Severity, Subject

_SERVICES = frozenset({"Service"})


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
        name="service-exposure", title="Only Traefik is public, on 80 and 443",
        severity=Severity.CRITICAL, tags=("NSA-2",), kinds=_SERVICES, predicate=service_exposure,
        why="Every other LoadBalancer, NodePort, external address or alias is a way past the entry point.",
        remedy="Use ClusterIP and give the workload a route; the dashboard's 8080 is never public.",
    ),
)  # fmt: skip
