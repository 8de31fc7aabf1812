"""What every analyzer is asked: pods, addresses and sockets, so that their answers compare one by one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from quadrant_platform.reachability import PROBES, Connection, Pod, matrix_pods, namespaces_of, pods_of
from tests.oracles.sockets import Manifest, Sockets, rules, sockets

Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Questions:
    """Every connection to judge: each pair that touches a workload, on each socket worth asking about.

    A pod against itself means two replicas of it. Edges name single addresses, not networks.
    """

    pods: tuple[Pod, ...]
    workloads: frozenset[str]
    addresses: tuple[str, ...]
    sockets: Sockets
    namespaces: Mapping[str, Mapping[str, str]]
    policies: tuple[Manifest, ...]

    def __iter__(self) -> Iterator[Connection]:
        """Every connection to judge."""
        ends = (*(pod.id for pod in self.pods), *self.addresses)
        for source in ends:
            for target in ends:
                if source in self.workloads or target in self.workloads:
                    yield from (Connection(source, target, *socket) for socket in self.sockets.between(source, target))


def ask(manifests: Sequence[Manifest], matrix: Mapping[str, Any]) -> Questions:
    """The questions that manifests and their matrix raise."""
    policies = tuple(one for one in manifests if one["kind"] == "NetworkPolicy")
    pods = matrix_pods(matrix, pods_of(manifests))
    others = {name for name, peer in matrix["peers"].items() if peer["kind"] != "workload"}
    found = {name: dict(labels) for name, labels in namespaces_of(manifests).items()}
    for name in {pod.namespace for pod in pods}:
        found.setdefault(name, {})["kubernetes.io/metadata.name"] = name
    addresses = tuple(representatives(networks(policies, matrix)))
    return Questions(
        pods=pods,
        workloads=frozenset(pod.id for pod in pods) - others,
        addresses=addresses,
        sockets=sockets(policies, matrix, pods, addresses),
        namespaces=found,
        policies=policies,
    )


def networks(policies: Iterable[Manifest], matrix: Mapping[str, Any]) -> set[str]:
    """Every network that a policy or the matrix names."""
    blocks = [*ip_blocks(policies), *(block for peer in matrix["peers"].values() for block in peer.get("blocks", ()))]
    return {cidr for block in blocks for cidr in (block["cidr"], *(block.get("except") or ()))}


def ip_blocks(policies: Iterable[Manifest]) -> Iterator[Manifest]:
    """Every `ipBlock` of the policies."""
    for direction, side in (("ingress", "from"), ("egress", "to")):
        peers = (peer for rule in rules(policies, direction) for peer in rule.get(side) or ())
        yield from (peer["ipBlock"] for peer in peers if peer.get("ipBlock"))


def holds(block: Manifest, address: str) -> bool:
    """Whether an address is in a block and in none of its exceptions."""
    named = [ip_address(address) in ip_network(cidr) for cidr in (block["cidr"], *(block.get("except") or ()))]
    return named[0] and not any(named[1:])


def representatives(named: Iterable[str]) -> Iterator[str]:
    """All probes, and one address for every set of addresses that the named networks distinguish."""
    cut = [ip_network(cidr, strict=False) for cidr in sorted(named)]
    probes = [cidr.partition("/")[0] for cidr in PROBES]
    seen = {frozenset(network for network in cut if ip_address(probe) in network) for probe in probes}
    yield from probes
    for candidate in dict.fromkeys(edge for network in cut for edge in _edges(network)):
        address = ip_address(candidate)
        membership = frozenset(network for network in cut if address in network)
        if membership not in seen:
            seen.add(membership)
            yield str(address)


def _edges(network: Network) -> Iterator[str]:
    """The first and last address of a network and its neighbours."""
    first, last = network[0], network[-1]
    yield from (str(first), str(last))
    if int(first):
        yield str(first - 1)
    if int(last) < 2**network.max_prefixlen - 1:
        yield str(last + 1)
