"""NetworkPolicies, one at a time: that each says what it means, and opens no more than a reader sees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network

from quadrant_platform.policies.core.access import InvalidError, Node
from quadrant_platform.policies.core.policy import Finding, ResourcePolicy, Severity, Subject

NAME = "app.kubernetes.io/name"
_PRIVATE: Mapping[int, list[IPv4Network] | list[IPv6Network]] = {
    4: [IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.169.254/32")],
    6: [IPv6Network(text) for text in ("fc00::/7", "fe80::/10", "fd00:ec2::254/128")],
}
"""What lies inside a cluster or a cloud: private networks and the addresses of the metadata service."""
_WORLD = {4: 8, 6: 8}
"""A shorter prefix than this is no network of anybody's own."""
_SIDES = (("ingress", "from", "Ingress"), ("egress", "to", "Egress"))


def netpol_hygiene(subject: Subject) -> Iterator[Finding]:
    """Directions, peers and ports are explicit, and the whole world is a peer of the edge only."""
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
        yield Finding(f"{rule.path} names nobody in `{key}`: it holds for every pod and address", "peer")
    for peer in peers:
        if peer.at("namespaceSelector").present() and not _selects(peer, "namespaceSelector", "podSelector"):
            yield Finding(f"{peer.path} selects every pod of every namespace", "peer")


def _selects(peer: Node, *selectors: str) -> bool:
    """Whether any of the selectors asks for a label."""
    parts = (peer.at(selector, part) for selector in selectors for part in ("matchLabels", "matchExpressions"))
    return any(part.present() and part.value for part in parts)


def _world(subject: Subject, peers: Node, direction: str) -> Iterator[Finding]:
    name = subject.node.at("spec", "podSelector", "matchLabels", NAME).text()
    edge = subject.config.entry_workloads if direction == "Ingress" else subject.config.exit_workloads
    for peer in peers.items():
        block = peer.at("ipBlock", "cidr")
        network = _network(block) if block.present() else None
        if network is None or network.prefixlen >= _WORLD[network.version]:
            continue
        if name not in edge:
            yield Finding(f"{block.path} is {network}: only the edge meets the world", "world")
        elif direction == "Egress":
            yield from _unexcepted(peer, network)


def _unexcepted(peer: Node, network: IPv4Network | IPv6Network) -> Iterator[Finding]:
    """What an exit reaches by addresses though it is not the internet."""
    spared = [_network(node) for node in peer.at("ipBlock", "except").items()]
    left = [str(one) for one in _PRIVATE[network.version] if _overlaps(one, network) and not _within(one, spared)]
    if left:
        yield Finding(f"{peer.path}.ipBlock.except lacks {', '.join(left)}", "except")


def _overlaps(one: IPv4Network | IPv6Network, other: IPv4Network | IPv6Network) -> bool:
    return one.version == other.version and one.overlaps(other)


def _within(one: IPv4Network | IPv6Network, others: list[IPv4Network | IPv6Network]) -> bool:
    if isinstance(one, IPv4Network):
        return any(one.subnet_of(other) for other in others if isinstance(other, IPv4Network))
    return any(one.subnet_of(other) for other in others if isinstance(other, IPv6Network))


def _network(node: Node) -> IPv4Network | IPv6Network:
    try:
        return ip_network(node.text(), strict=False)
    except ValueError as error:
        raise InvalidError(node, str(error)) from error


POLICIES = (
    ResourcePolicy(
        name="netpol-hygiene", title="NetworkPolicies say what they allow",
        severity=Severity.HIGH, tags=("NSA-2", "CIS-5.3"), kinds=frozenset({"NetworkPolicy"}),
        predicate=netpol_hygiene,
        why="What is left out of a NetworkPolicy is allowed: a missing port is every port, a missing peer everybody.",
        remedy="Write policyTypes, peers and ports out; leave the internet to the edge, and from its way out except "
        "private networks and the metadata service, in IPv4 and IPv6.",
    ),
)  # fmt: skip
