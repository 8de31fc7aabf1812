"""Names inside the cluster for addresses outside of it."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address, ip_network

from quadrant_platform.policies.core.access import InvalidError, Node
from quadrant_platform.policies.core.groups import SURFACE
from quadrant_platform.policies.core.index import StackIndex
from quadrant_platform.policies.core.objects import Object
from quadrant_platform.policies.core.policy import Finding, Severity, StackPolicy
from quadrant_platform.policies.core.workload_pods import WorkloadPod

_SERVICE = "kubernetes.io/service-name"


def external_names(stack: StackIndex) -> Iterator[Finding]:
    """Check that Services and pods alias only what the platform lists, the matrix declares or the stack serves."""
    for pod in stack.declared_pods:
        yield from _host_aliases(stack, pod)
    for obj in stack.of_kind("Service"):
        spec = obj.node.at("spec")
        host = spec.at("externalName").text()
        if spec.at("type").text() != "ExternalName":
            yield from () if spec.at("selector").texts() else _selectorless(stack, obj)
        elif host not in stack.config.external_names:
            yield Finding(f"it is an alias of {host!r}", "ExternalName", obj)


def _host_aliases(stack: StackIndex, pod: WorkloadPod) -> Iterator[Finding]:
    for alias in pod.spec.at("hostAliases").items():
        if not _served(stack, alias.at("ip").required().text()) and not _listed(stack, alias):
            message = f"{alias.path} leads to {alias.at('ip').text()}, which is no Service of the stack"
            yield Finding(message, "hostAliases", pod.workload)


def _served(stack: StackIndex, address: str) -> bool:
    """Return whether it is the address of a Service of the stack."""
    return any(obj.node.at("spec", "clusterIP").text() == address for obj in stack.of_kind("Service"))


def _listed(stack: StackIndex, alias: Node) -> bool:
    return any(node.text() in stack.config.external_names for node in alias.at("hostnames").items())


def _selectorless(stack: StackIndex, service: Object) -> Iterator[Finding]:
    nodes = list(_addresses(stack, service))
    if not nodes:
        yield Finding("it has no selector, and no EndpointSlice gives its addresses", "selector", service)
    for node in nodes:
        if not _declared(stack, node):
            yield Finding(f"it has no selector and leads to {node.text()}, which is not declared", "selector", service)


def _addresses(stack: StackIndex, service: Object) -> Iterator[Node]:
    for obj in stack.of_kind("EndpointSlice"):
        if (obj.namespace, obj.labels.get(_SERVICE)) == (service.namespace, service.name):
            for endpoint in obj.node.at("endpoints").items():
                yield from endpoint.at("addresses").items()
    endpoints = stack.by_name.get(("Endpoints", service.namespace, service.name))
    for subset in endpoints.node.at("subsets").items() if endpoints else ():
        yield from (address.at("ip") for address in subset.at("addresses").items())


def _declared(stack: StackIndex, node: Node) -> bool:
    """Return whether an address is in the list or in a block of a matrix other than the internet."""
    blocks = [block["cidr"] for matrix in stack.matrices for name, peer in matrix.shape["peers"].items()
              if name not in matrix.world for block in peer["blocks"]]  # fmt: skip
    if node.text() in stack.config.external_names:
        return True
    try:
        address = ip_address(node.text())
    except ValueError as error:
        raise InvalidError(node, str(error)) from error
    return any(address in ip_network(cidr, strict=False) for cidr in (*blocks, *_networks(stack)))


def _networks(stack: StackIndex) -> Iterator[str]:
    """Yield the listed names that are address blocks."""
    return (name for name in stack.config.external_names if "/" in name)


POLICIES = (
    StackPolicy(
        name="external-names", title="No alias leads out of the cluster unnoticed",
        severity=Severity.HIGH, tags=("NSA-2",), group=SURFACE, predicate=external_names,
        why="An alias makes an outside address look like a Service: routes, certificates and readers take it for one "
        "(CVE-2021-25740).",
        remedy="Call the outside through the egress, or list the host, address or CIDR in externalNames.",
    ),
)  # fmt: skip
