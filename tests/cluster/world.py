"""A system's peers as addresses, and the packets between them that its matrix allows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from quadrant_platform.lab.machine import network_plan
from tests.cluster.namespaces import Place, Target

INTRUDER = "tests/intruder"
"""A pod that no row names, in a namespace without policies."""
Peers = Mapping[str, Mapping[str, Any]]
Row = tuple[str, str, str, int]
"""From, to, protocol and port."""


@dataclass(frozen=True)
class World:
    """Who is where, and which rows there are."""

    peers: Peers
    rows: frozenset[Row]
    addresses: dict[str, str]
    """The address of each pod of a peer, its own or a stand-in; a second one of a peer ends in `#2`."""
    places: dict[str, Place]
    """The network namespace of each of these."""

    @property
    def sockets(self) -> list[tuple[str, int]]:
        """Every protocol and port of the matrix, and of the peers' own."""
        declared = (port.split("/") for peer in self.peers.values() for port in peer.get("ports", ()))
        return sorted({(kind, int(number)) for number, kind in declared} | {row[2:] for row in self.rows})

    def targets(self, source: str) -> Iterator[tuple[str, Target]]:
        """Whom a source tries, and where: every other pod, the API server, the internet, and the metadata address."""
        for peer, address in self.addresses.items():
            if peer not in (source, INTRUDER):
                yield from ((peer, Target(protocol, address, port)) for protocol, port in self.sockets)
        yield from (("internet", Target("TCP", network_plan.INTERNET.address, port)) for port in (80, 443, 5432))
        yield "metadata", Target("TCP", network_plan.METADATA, 80)
        yield "api-server", Target("TCP", network_plan.API_SERVICE, 443)
        yield "api-server", Target("TCP", network_plan.NODE_ADDRESS, 6443)
        yield from (("kube-system/dns", Target(kind, network_plan.DNS_SERVICE, 53)) for kind in ("TCP", "UDP"))

    def allows(self, source: str, target: str, packet: Target) -> bool:
        """Whether a row lets a packet through; who is held by no policy of ours is a part of the public, too."""
        sources = {peer_of(source)} | ({"public"} if not self.judged(source, source) else set())
        return any((one, peer_of(target), packet.protocol, packet.port) in self.rows for one in sources)

    @property
    def inside(self) -> list[str]:
        """The peers whose packets are judged: workloads, the control planes towards workloads, and the intruder."""
        return [peer for peer in self.addresses if peer != "kube-system/dns"]

    def judged(self, source: str, target: str) -> bool:
        """Whether policies of ours hold one of the two ends."""
        return any(self.peers.get(peer_of(end), {}).get("kind") == "workload" for end in (source, target))


def peer_of(pod: str) -> str:
    """The peer of which a pod is one."""
    return pod.removesuffix("#2")


def rows_of(matrix: Mapping[str, Any]) -> frozenset[Row]:
    """The rows of a matrix."""
    return frozenset((row["from"], row["to"], row["protocol"], int(row["port"])) for row in matrix["rows"])
