"""NetworkPolicies, one at a time: each is explicit, and opens no more than it shows."""

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network

from quadrant_platform.policies.core import Finding, Node, ResourcePolicy, Severity, Subject
from quadrant_platform.policies.core.access import InvalidError
from quadrant_platform.vocabulary import NAME_LABEL, PRIVATE_RANGES

_PRIVATE = tuple(ip_network(text) for text in PRIVATE_RANGES)
_WORLD = 8
"""A network with a shorter prefix than this has no single owner."""
_SIDES = (("ingress", "from", "Ingress"), ("egress", "to", "Egress"))


def netpol_hygiene(subject: Subject) -> Iterator[Finding]:
    """Check that directions, peers and ports are explicit, and that only the edge names the whole world."""
    if subject.obj.api_version != "networking.k8s.io/v1":
        return
    spec = subject.node.at("spec")
    types = {node.text() for node in spec.at("policyTypes").items()}
    if not types:
        yield Finding("spec.policyTypes is not set: whether egress is judged follows from other fields", "policyTypes")
    for side, peers, direction in _SIDES:
        rules = tuple(spec.at(side).items())
        if rules and types and direction not in types:
            yield Finding(f"spec.{side} has rules, and policyTypes lacks {direction}: they do nothing", "policyTypes")
        for rule in rules:
            yield from _ports(rule)
            yield from _peers(rule, peers)
            yield from _world(subject, rule.at(peers), direction)


def _ports(rule: Node) -> Iterator[Finding]:
    ports = tuple(rule.at("ports").items())
    if not ports:
        yield Finding(f"{rule.path} names no ports: it opens all of them", "ports")
    for port in ports:
        if port.at("port").scalar() is None:
            yield Finding(f"{port.path} has no port: it opens all of the protocol", "ports")


def _peers(rule: Node, key: str) -> Iterator[Finding]:
    peers = tuple(rule.at(key).items())
    if not peers:
        yield Finding(f"{rule.path} names no peer in `{key}`: it allows every pod and address", "peer")
    for peer in peers:
        if peer.at("namespaceSelector").present() and not _selects(peer, "namespaceSelector", "podSelector"):
            yield Finding(f"{peer.path} selects every pod of every namespace", "peer")


def _selects(peer: Node, *selectors: str) -> bool:
    parts = (peer.at(selector, part) for selector in selectors for part in ("matchLabels", "matchExpressions"))
    return any(part.present() and part.value for part in parts)


def _world(subject: Subject, peers: Node, direction: str) -> Iterator[Finding]:
    name = subject.node.at("spec", "podSelector", "matchLabels", NAME_LABEL).text()
    edge = subject.config.entry_workloads if direction == "Ingress" else subject.config.exit_workloads
    for peer in peers.items():
        block = peer.at("ipBlock", "cidr")
        network = _network(block) if block.present() else None
        if network is None or network.prefixlen >= _WORLD:
            continue
        if name not in edge:
            yield Finding(f"{block.path} is {network}: only the edge may name the world", "world")
        elif direction == "Egress":
            yield from _reached_private(peer, network)


def _reached_private(peer: Node, network: IPv4Network | IPv6Network) -> Iterator[Finding]:
    excepted = [_network(node) for node in peer.at("ipBlock", "except").items()]
    reached = (one for one in _PRIVATE if _overlaps(one, network))
    if left := [str(one) for one in reached if not any(_contains(other, one) for other in excepted)]:
        yield Finding(f"{peer.path}.ipBlock.except lacks {', '.join(left)}", "except")


def _overlaps(one: IPv4Network | IPv6Network, other: IPv4Network | IPv6Network) -> bool:
    return one.version == other.version and one.overlaps(other)


def _contains(outer: IPv4Network | IPv6Network, inner: IPv4Network | IPv6Network) -> bool:
    return _overlaps(outer, inner) and outer.prefixlen <= inner.prefixlen


def _network(node: Node) -> IPv4Network | IPv6Network:
    try:
        return ip_network(node.text(), strict=False)
    except ValueError as error:
        raise InvalidError(node, str(error)) from error


POLICIES = (
    ResourcePolicy(
        name="netpol-hygiene", title="NetworkPolicies are explicit",
        severity=Severity.HIGH, tags=("NSA-2", "CIS-5.3"), kinds=frozenset({"NetworkPolicy"}),
        predicate=netpol_hygiene,
        why="What a NetworkPolicy leaves out is allowed: a missing port is every port, a missing peer every peer.",
        remedy="Write policyTypes, peers and ports out; leave the internet to the edge, and from its way out except "
        "private networks and the metadata service, in IPv4 and IPv6.",
    ),
)  # fmt: skip
