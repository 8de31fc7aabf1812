"""Isolation: one NetworkPolicy a workload, both directions in it, made from the matrix; and the matrix itself."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from quadrant_platform import vocabulary
from quadrant_platform.components.base.component import Component
from quadrant_platform.components.builders.manifests import Manifest, config_map, manifest, metadata
from quadrant_platform.model.expansion.endpoint import Endpoint
from quadrant_platform.model.expansion.matrix import Row
from quadrant_platform.model.expansion.plan import Plan


class IsolationOutputs(NamedTuple):
    """The matrix that is in force: how many rows, and the SHA-256 of its canonical JSON."""

    rows: int
    digest: str


class Isolation(Component[Plan, IsolationOutputs]):
    """The permitted connections of a system, and the ConfigMap in which policies and proofs read them."""

    token = "network:Isolation"

    @staticmethod
    def manifests(inputs: Plan) -> Iterator[Manifest]:
        """Yield the matrix and the policy of every workload."""
        yield matrix(inputs)
        yield from network_policies(inputs)

    @staticmethod
    def results(inputs: Plan) -> IsolationOutputs:
        """Return the matrix's size and digest."""
        digest = hashlib.sha256(inputs.matrix.canonical().encode()).hexdigest()
        return IsolationOutputs(len(inputs.matrix.rows), digest)


def matrix(plan: Plan) -> Manifest:
    """Return the ConfigMap with the canonical matrix."""
    labels = {vocabulary.MATRIX_LABEL: "true", vocabulary.SYSTEM_LABEL: plan.name}
    meta = metadata(plan.home, vocabulary.MATRIX_NAME, labels)
    return config_map(meta, {vocabulary.MATRIX_KEY: plan.matrix.canonical()})


def network_policies(plan: Plan) -> Iterator[Manifest]:
    """Yield the policy of every workload, under the workload's name."""
    for _, endpoint in plan.topology.own():
        arriving, leaving = plan.rows[endpoint.id]
        reasons = {vocabulary.WHY_ANNOTATION: why(arriving, leaving)}
        meta = metadata(endpoint.namespace, endpoint.name, annotations=reasons)
        spec = {
            "podSelector": {"matchLabels": endpoint.selector},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [rule("from", row.source, rows) for row, rows in _by_peer(arriving, incoming=True)],
            "egress": [rule("to", row.target, rows) for row, rows in _by_peer(leaving, incoming=False)],
        }
        yield manifest("networking.k8s.io/v1", "NetworkPolicy", meta, spec)


def rule(direction: str, peer: Endpoint, rows: Iterable[Row]) -> Manifest:
    """Return one rule: a peer, and the ports of all rows shared with it."""
    ports = [{"port": row.listener.number, "protocol": row.listener.protocol} for row in rows]
    return {direction: list(peers(peer)), "ports": ports}


def peers(endpoint: Endpoint) -> Iterator[Manifest]:
    """Yield the peers of an endpoint: pods by namespace and labels, or address blocks."""
    if endpoint.namespace:
        yield {
            "namespaceSelector": {"matchLabels": {vocabulary.NAMESPACE_LABEL: endpoint.namespace}},
            "podSelector": {"matchLabels": endpoint.selector},
        }
    for block in endpoint.blocks:
        yield {"ipBlock": {"cidr": block.cidr} | ({"except": list(block.excluded)} if block.excluded else {})}


def why(arriving: Iterable[Row], leaving: Iterable[Row]) -> str:
    """Return the reasons, a line a row, arrivals first."""
    lines = [f"from {row.source.id} to {row.listener.number}/{row.listener.protocol}: {row.why}" for row in arriving]
    lines += [f"to {row.target.id}:{row.listener.number}/{row.listener.protocol}: {row.why}" for row in leaving]
    return "\n".join(lines)


def _by_peer(rows: Iterable[Row], *, incoming: bool) -> Iterator[tuple[Row, list[Row]]]:
    """Group rows by the peer at their other end, in the matrix's order."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.source.id if incoming else row.target.id, []).append(row)
    return ((group[0], group) for group in groups.values())
