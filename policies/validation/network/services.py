"""Services."""

from collections.abc import Iterator
from typing import Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.metadata import labels
from quadrant_platform.policies.validation.network.address_spellings import block, endpoint_address
from quadrant_platform.policies.validation.network.network_policies import PROTOCOLS
from quadrant_platform.policies.validation.network.service_addresses import addresses, is_headless, takes_addresses
from quadrant_platform.policies.validation.network.service_node_ports import node_ports

_TYPES: Final = frozenset({"ClusterIP", "NodePort", "LoadBalancer", "ExternalName"})
_AFFINITIES: Final = frozenset({"ClientIP", "None"})
_POLICIES: Final = frozenset({"Cluster", "Local"})
_DISTRIBUTIONS: Final = frozenset({"PreferClose", "PreferSameZone", "PreferSameNode"})
_LONGEST_AFFINITY: Final = 86400
_RANGES: Final = "service.beta.kubernetes.io/load-balancer-source-ranges"
_RANGES_NAME: Final = "LoadBalancerSourceRanges"
"""Kubernetes' errors begin this one with a capital letter."""
_HINTS, _MODE = "service.kubernetes.io/topology-aware-hints", "service.kubernetes.io/topology-mode"


def service(one: Field) -> None:
    """Check a Service. The API server gives it addresses and ports before it looks at the rest."""
    spec = one.at("spec")
    given = node_ports(spec) if takes_addresses(spec) else None
    if given is None:
        return
    addresses(spec)
    _topology(one)
    _ports(spec, given)
    labels(spec, "selector")
    _affinity(spec)
    if spec.text("type") == "ExternalName":
        _external_name(spec)
    for address in spec.items("externalIPs"):
        address.check(endpoint_address(address.own))
    if spec.text("type", "ClusterIP") not in _TYPES:
        spec.at("type").not_supported(_TYPES)
    if not spec.is_unknown("type"):
        _balancer(one)
        _traffic(spec)


def _topology(one: Field) -> None:
    annotations = one.at("metadata").map("annotations")
    if _HINTS in annotations and _MODE in annotations and annotations[_HINTS] != annotations[_MODE]:
        one.at("metadata", "annotations").key(_MODE).invalid(f"must be the same as {_HINTS}")


def _ports(spec: Field, given: list[int]) -> None:
    ports = spec.items("ports")
    if not ports and not is_headless(spec) and spec.text("type") != "ExternalName":
        spec.at("ports").required("must have a port")
    names, pairs, nodes = set[str](), set[tuple[str, int]](), set[tuple[str, int]]()
    for port, node in zip(ports, given, strict=True):
        _port(port, names, needs_name=len(ports) > 1)
        protocol = port.text("protocol", "TCP")
        port.unlike((protocol, port.number("port")), pairs)
        if node:
            _node_port(spec, port.at("nodePort"))
            port.at("nodePort").unlike((protocol, node), nodes)


def _node_port(spec: Field, port: Field) -> None:
    if spec.text("type", "ClusterIP") == "ClusterIP" and not spec.is_unknown("type"):
        port.forbidden("must not be set for the type ClusterIP")


def _port(port: Field, names: set[str], *, needs_name: bool) -> None:
    name = port.text("name")
    if name:
        port.at("name").check(formats.dns_label(name))
        port.at("name").unlike(name, names)
    elif needs_name:
        port.at("name").required("must be set, since the Service has several ports")
    port.at("port").check(formats.port_number(port.number("port")))
    port.at("protocol").may(_protocol)
    target = port.at("targetPort") if port.get("targetPort") else port.named("port", "targetPort")
    number = target.value if isinstance(target.value, int) else 0
    target.check(formats.port_name(target.own) if target.own else formats.port_number(number))
    port.at("appProtocol").written(formats.qualified_name)


def _protocol(text: str) -> str | None:
    return None if text in PROTOCOLS else f"must be one of {', '.join(sorted(PROTOCOLS))}"


def _affinity(spec: Field) -> None:
    affinity = spec.text("sessionAffinity", "None")
    if affinity not in _AFFINITIES:
        spec.at("sessionAffinity").not_supported(_AFFINITIES)
    timeout = spec.at("sessionAffinityConfig", "clientIP", "timeoutSeconds")
    if affinity == "ClientIP" and isinstance(timeout.value, int):
        timeout.expect(0 < timeout.value <= _LONGEST_AFFINITY, f"must be from 1 to {_LONGEST_AFFINITY}")


def _external_name(spec: Field) -> None:
    name = spec.text("externalName").removesuffix(".")
    if name:
        spec.at("externalName").check(formats.subdomain(name))
    else:
        spec.at("externalName").required("must be set for the type ExternalName")


def _balancer(one: Field) -> None:
    spec = one.at("spec")
    balances = spec.text("type") == "LoadBalancer"
    for place in _of_balancers(one):
        if not balances:
            place.forbidden("must not be set without the type LoadBalancer")
    ranges = spec.named("loadBalancerSourceRanges", _RANGES_NAME)
    for index, text in enumerate(spec.texts("loadBalancerSourceRanges")):
        ranges.item(index, text).check(block(text.strip()))
    annotation = one.at("metadata", "annotations").key(_RANGES)
    for text in annotation.own.strip().split(",") if annotation.own.strip() and not ranges.value else ():
        annotation.check(block(text.strip()))
    if balances:
        spec.at("loadBalancerClass").written(formats.qualified_name)


def _of_balancers(one: Field) -> Iterator[Field]:
    """Yield the fields of a Service that only a balancer may have."""
    spec, annotation = one.at("spec"), one.at("metadata", "annotations").key(_RANGES)
    if spec.get("loadBalancerSourceRanges"):
        yield spec.named("loadBalancerSourceRanges", _RANGES_NAME)
    elif annotation.value is not None:
        yield annotation
    yield from (spec.at(key) for key in ("allocateLoadBalancerNodePorts", "loadBalancerClass") if spec.has(key))


def _traffic(spec: Field) -> None:
    kind, outside = spec.text("type", "ClusterIP"), spec.at("externalTrafficPolicy")
    is_open = kind in {"LoadBalancer", "NodePort"} or (kind == "ClusterIP" and bool(spec.get("externalIPs")))
    if not is_open:
        outside.expect(not outside.value, "must not be set, since nothing outside reaches the Service")
    elif outside.value:
        outside.one_of(_POLICIES)
    asks = kind == "LoadBalancer" and outside.value == "Local"
    words = "must not be set without the type LoadBalancer and externalTrafficPolicy Local"
    spec.at("healthCheckNodePort").expect(asks or not spec.number("healthCheckNodePort"), words)
    spec.at("internalTrafficPolicy").one_of(_POLICIES)
    spec.at("trafficDistribution").one_of(_DISTRIBUTIONS)
