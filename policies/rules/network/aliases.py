"""Names inside the cluster for addresses outside of it."""

from collections.abc import Iterator
from ipaddress import ip_address, ip_network

from quadrant_platform.policies.core import Finding, Node, Object, Severity, StackIndex, StackPolicy
from quadrant_platform.policies.core.access import InvalidError
from quadrant_platform.policies.core.policy import SURFACE, FilledField
from quadrant_platform.policies.core.workload_pods import WorkloadPod

_SERVICE = "kubernetes.io/service-name"
_ADDRESS = FilledField("spec.clusterIP", frozenset({"Service"}))


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
        address, names = alias.at("ip").required().text(), (node.text() for node in alias.at("hostnames").items())
        served = (obj.node.at("spec", "clusterIP").text() == address for obj in stack.of_kind("Service"))
        if not any(served) and stack.config.external_names.isdisjoint(names):
            message = f"{alias.path} leads to {address}, which is no Service of the stack"
            yield Finding(message, "hostAliases", pod.workload)


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
    blocks = [block["cidr"] for matrix in stack.matrices for name, peer in matrix.peers.items()
              if name not in matrix.world for block in peer["blocks"]]  # fmt: skip
    if node.text() in stack.config.external_names:
        return True
    listed = [name for name in stack.config.external_names if "/" in name]
    try:
        address = ip_address(node.text())
    except ValueError as error:
        raise InvalidError(node, str(error)) from error
    return any(address in ip_network(cidr, strict=False) for cidr in (*blocks, *listed))


POLICIES = (
    StackPolicy(
        name="external-names", title="No alias leads out of the cluster unnoticed",
        severity=Severity.HIGH, tags=("NSA-2",), group=SURFACE, predicate=external_names,
        filled=(_ADDRESS,),
        why="An alias makes an outside address look like a Service: routes, certificates and readers take it for one "
        "(CVE-2021-25740).",
        remedy="Call the outside through the egress, or list the host, address or CIDR in externalNames.",
    ),
)  # fmt: skip
