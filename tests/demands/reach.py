"""Who reaches whom in a recorded stack, judged by its NetworkPolicies and not by the rows they are made from."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

from quadrant_platform.reachability import (
    PROBES,
    AddressSet,
    Connection,
    Pod,
    Range,
    Scope,
    Socket,
    Verdict,
    connections,
    explain,
    matrix_address_sets,
    matrix_pods,
    namespaces_of,
    pods_of,
)
from tests.stacks import Manifest, recorded

FOREIGN = "stranger"
"""A pod of a namespace without any policy: whoever it reaches is open to the whole cluster."""
NEIGHBOURS = "neighbours"
"""Unlabelled pods, one beside the workloads of every segment."""
DNS = 53


@dataclass(frozen=True)
class Reach:
    """The allowed connections of a stack. Pods go by their short names, addresses by block or network."""

    manifests: Collection[Manifest]
    pods: tuple[Pod, ...]
    blocks: tuple[AddressSet, ...]
    edges: frozenset[Connection]

    def sources(self, target: str, port: int) -> set[str]:
        """Everybody who may open a connection to a port of a workload."""
        return {edge.source for edge in self.edges if edge.target == target and edge.port == port}

    def targets(self, source: str) -> set[tuple[str, int]]:
        """Everything that a workload may connect to, name resolution aside."""
        return {(edge.target, edge.port) for edge in self.edges if edge.source == source and edge.port != DNS}

    def outside(self, source: str) -> set[str]:
        """The addresses, by block or network, that a workload may connect to."""
        inside = {_short(pod) for pod in self.pods}
        return {edge.target for edge in self.edges if edge.source == source} - inside

    def why(self, source: str, target: str, port: int) -> Verdict:
        """Whether one connection is allowed, and by which policies; an end may be an address."""
        ids = {_short(pod): pod.id for pod in self.pods}
        ends = (ids.get(source, source), ids.get(target, target))
        return explain(
            *ends, Socket("TCP", port), self.manifests, self.pods, self.blocks, namespaces_of(self.manifests)
        )


def _short(pod: Pod) -> str:
    return pod.id.rpartition("/")[2]


def matrix(manifests: Collection[Manifest]) -> dict[str, Any]:
    """The declared connections as the stack publishes them."""
    maps = [one for one in manifests if one["kind"] == "ConfigMap" and one["metadata"]["name"] == "quadrant-matrix"]
    found: dict[str, Any] = json.loads(maps[0]["data"]["matrix.json"])
    return found


def reach_of(manifests: Collection[Manifest], extra: tuple[Pod, ...] = ()) -> Reach:
    """Judge rendered manifests; the matrix lends only the labels of peers that others run."""
    declared = matrix(manifests)
    namespaces = [one["metadata"]["name"] for one in manifests if one["kind"] == "Namespace"]
    strangers = [Pod(f"elsewhere/{FOREIGN}", "elsewhere", {})]
    strangers += [Pod(f"{namespace}/{NEIGHBOURS}", namespace, {}) for namespace in namespaces]
    pods = (*matrix_pods(declared, pods_of(manifests)), *strangers, *extra)
    blocks = (*matrix_address_sets(declared), *(AddressSet(probe, (Range(probe),)) for probe in PROBES))
    short = {pod.id: _short(pod) for pod in pods}
    edges = connections(manifests, pods, namespaces_of(manifests), Scope(blocks))
    named = (edge._replace(source=short.get(edge.source, edge.source), target=short.get(edge.target, edge.target))
             for edge in edges)  # fmt: skip
    return Reach(manifests, pods, blocks, frozenset(named))


@cache
def reach(system: str, stage: str) -> Reach:
    """The allowed connections of a shipped stack."""
    return reach_of(recorded(system, stage).manifests())
