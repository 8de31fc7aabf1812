"""The proof of isolation: what the policies allow, against the rows of the matrix."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from quadrant_platform.garbage_collection import collection_paused
from quadrant_platform.reachability.addresses import AddressSet, Cells, Range
from quadrant_platform.reachability.connection import Connection, name_address_sets
from quadrant_platform.reachability.connectivity import Connectivity, Members, Scope
from quadrant_platform.reachability.labelled_pods import ContainerPort, Manifest, Pod, namespaces_of, pods_of
from quadrant_platform.reachability.network_policy import NetworkPolicy, Socket, parse_policies

PROBES = (
    "169.254.169.254/32", "fd00:ec2::254/128", "169.254.20.10/32", "203.0.113.10/32", "2001:db8::10/128", "10.0.0.1/32",
    "172.16.0.1/32", "192.168.0.1/32", "100.64.0.1/32", "127.0.0.1/32", "fd00::1/128", "fe80::1/128",
)  # fmt: skip
"""Addresses that always have a cell of their own, so that a finding names them: metadata, node-local DNS, public,
private, carrier-grade, loopback and link-local."""


@dataclass(frozen=True)
class Discrepancy:
    """Rows that the policies refuse, and connections that they allow without a row; both sorted.

    A target port without a rule stands for all undeclared ports; a source that equals the target stands for two
    replicas of it.
    """

    missing: tuple[Connection, ...]
    excess: tuple[Connection, ...]

    @property
    def equal(self) -> bool:
        """Whether the policies allow exactly the rows."""
        return not self.missing and not self.excess


@collection_paused()
def prove(manifests: Collection[Manifest], matrix: Mapping[str, Any]) -> Discrepancy:
    """Compare the NetworkPolicies among manifests with the matrix (`data["matrix.json"]`, parsed).

    Raises ValueError for a row whose end is no peer and for a policy that the API server would refuse.
    """
    return compare(parse_policies(manifests), pods_of(manifests), namespaces_of(manifests), matrix)


def compare(
    policies: Sequence[NetworkPolicy],
    known: Iterable[Pod],
    namespaces: Mapping[str, Mapping[str, str]],
    matrix: Mapping[str, Any],
) -> Discrepancy:
    """Compare NetworkPolicies with the matrix. Raises ValueError for a row whose end is no peer.

    Peers of kind `control` and `cidr` have no policies here, so connections among them are not judged. Known pods lend
    their labels and port names to their peer; one of a workload namespace that is no peer is judged as without rows.
    """
    rows = matrix_connections(matrix)
    sets = matrix_address_sets(matrix)
    pods = matrix_pods(matrix, known)
    others = {identity for identity, peer in matrix["peers"].items() if peer["kind"] != "workload"}
    scope = Scope(
        address_sets=(*sets, AddressSet("", tuple(Range(probe) for probe in PROBES))),
        sockets=frozenset(Socket(row.protocol, row.port) for row in rows),
        unnamed=True,
        itself=True,
        subjects=frozenset(pod.id for pod in pods) - others,
    )
    graph = Connectivity(policies, pods, namespaces, scope)
    allowed = graph.connections()
    spread = dict(_on_cells(rows, sets, graph.cells))
    plain = rows - spread.keys()
    missing = [*(plain - allowed), *(row for row, parts in spread.items() if not parts <= allowed)]
    excess = allowed.difference(plain, *spread.values())
    return Discrepancy(tuple(sorted(missing)), tuple(sorted(name_address_sets(excess, sets, graph.cells))))


def matrix_connections(matrix: Mapping[str, Any]) -> frozenset[Connection]:
    """Return the rows of a matrix. Raises ValueError for a row whose end is no peer."""
    for row in matrix["rows"]:
        unknown = [end for end in (row["from"], row["to"]) if end not in matrix["peers"]]
        if unknown:
            raise ValueError(f"matrix row {row['from']} -> {row['to']}: {unknown[0]} is no peer; add it")
    return frozenset(Connection(row["from"], row["to"], row["protocol"], int(row["port"])) for row in matrix["rows"])


def matrix_address_sets(matrix: Mapping[str, Any]) -> tuple[AddressSet, ...]:
    """Return the peers of a matrix that are addresses."""
    return tuple(
        AddressSet(identity, tuple(Range.parse(part) for part in peer["blocks"]))
        for identity, peer in matrix["peers"].items()
        if peer["kind"] == "cidr"
    )


def matrix_pods(matrix: Mapping[str, Any], known: Iterable[Pod] = ()) -> tuple[Pod, ...]:
    """Return the peers of a matrix that are pods, completed by known pods of the same identity or labels."""
    listed = {
        identity: Pod(identity, peer["namespace"], peer["labels"], tuple(map(ContainerPort.parse, peer["ports"])))
        for identity, peer in matrix["peers"].items()
        if peer["kind"] != "cidr"
    }
    ours = {peer["namespace"] for peer in matrix["peers"].values() if peer["kind"] == "workload"}
    found = dict(listed)
    for pod in known:
        identity = pod.id if pod.id in listed else _alike(pod, listed.values())
        if identity is not None:
            ports = dict.fromkeys((*found[identity].ports, *pod.ports))
            found[identity] = Pod(identity, pod.namespace, pod.labels, tuple(ports))
        elif pod.namespace in ours:
            found[pod.id] = pod
    return tuple(found.values())


def _alike(pod: Pod, listed: Iterable[Pod]) -> str | None:
    for peer in listed:
        if peer.namespace == pod.namespace and peer.labels and peer.labels.items() <= pod.labels.items():
            return peer.id
    return None


def _on_cells(
    rows: Iterable[Connection], sets: Iterable[AddressSet], cells: Cells
) -> Iterator[tuple[Connection, frozenset[Connection]]]:
    """Yield each row that has an end of addresses, and its connections to or from their cells."""
    members: dict[str, Members] = {one.id: cells.of_ranges(one.ranges) for one in sets}
    for row in rows:
        sources, targets = members.get(row.source), members.get(row.target)
        if sources is not None or targets is not None:
            pairs = product(sources or {row.source}, targets or {row.target})
            yield row, frozenset(row._replace(source=source, target=target) for source, target in pairs)
