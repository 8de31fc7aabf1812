"""Isolation: one NetworkPolicy a workload, both directions in it, made from the matrix; and the matrix itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pulumi

from quadrant_platform.components.base.component import BuildContext, register
from quadrant_platform.components.builders.manifests import Manifest, config_map, metadata, name_of
from quadrant_platform.model.expansion.endpoint import Endpoint
from quadrant_platform.model.expansion.matrix import Row
from quadrant_platform.model.expansion.plan import Plan

MATRIX = "quadrant-matrix"
WHY = "quadrant.dev/why"


class Isolation(pulumi.ComponentResource):
    """The permitted connections of a system, and the ConfigMap by which policies and proofs know them."""

    def __init__(self, name: str, args: BuildContext, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("quadrant:network:Isolation", name, None, opts)
        register(self, matrix(args.plan), args)
        for manifest in network_policies(args.plan):
            register(self, manifest, args)
        self.register_outputs({"rows": len(args.plan.matrix.rows)})


def matrix(plan: Plan) -> Manifest:
    """Return the ConfigMap with the canonical matrix."""
    home = plan.namespace(plan.topology.segments[0])
    labels = {"quadrant.dev/matrix": "true", "quadrant.dev/system": plan.system.name}
    return config_map(home, MATRIX, {"matrix.json": plan.matrix.canonical()}, labels)


def network_policies(plan: Plan) -> Iterator[Manifest]:
    """Yield the policy of every workload, under the workload's name."""
    for _, endpoint in plan.topology.own():
        arriving, leaving = plan.rows[endpoint.id]
        yield {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": metadata(endpoint.namespace, name_of(endpoint), annotations={WHY: why(arriving, leaving)}),
            "spec": {
                "podSelector": {"matchLabels": dict(endpoint.labels)},
                "policyTypes": ["Ingress", "Egress"],
                "ingress": [rule("from", row.source, rows) for row, rows in _by_peer(arriving, incoming=True)],
                "egress": [rule("to", row.target, rows) for row, rows in _by_peer(leaving, incoming=False)],
            },
        }


def rule(direction: str, peer: Endpoint, rows: Iterable[Row]) -> Manifest:
    """Return one rule: a peer, and the ports of all rows shared with it."""
    ports = [{"port": row.listener.number, "protocol": row.listener.protocol} for row in rows]
    return {direction: list(peers(peer)), "ports": ports}


def peers(endpoint: Endpoint) -> Iterator[Manifest]:
    """Yield the peers of an endpoint: pods by namespace and labels, or address blocks."""
    if endpoint.namespace:
        yield {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": endpoint.namespace}},
            "podSelector": {"matchLabels": dict(endpoint.labels)},
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
