"""The traffic of a stack: the connections of its matrix, and those that its NetworkPolicies really permit."""

import json
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import Any

from quadrant_platform.documents.problems import BadInput, Problem, did_you_mean
from quadrant_platform.program.rendering import Manifest
from quadrant_platform.reachability import (
    Connection,
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
from quadrant_platform.vocabulary import MATRIX_KEY, MATRIX_NAME, SEGMENT_LABEL

Row = Mapping[str, Any]


class Traffic:
    """The permitted connections of a stack, from its manifests alone."""

    def __init__(self, manifests: Collection[Manifest]) -> None:
        self._manifests = manifests
        self.matrix = _matrix(manifests)
        self.peers: Mapping[str, Mapping[str, Any]] = self.matrix["peers"]
        self.rows: list[Row] = self.matrix["rows"]
        self._namespaces = namespaces_of(manifests)

    def is_ours(self, peer: str) -> bool:
        """Return whether our policies apply to a peer."""
        return bool(self.peers[peer]["kind"] == "workload")

    def segment(self, peer: str) -> str:
        """Return a peer's segment, or the namespace of a control plane; empty outside the cluster."""
        namespace: str = self.peers[peer].get("namespace", "")
        return self._namespaces.get(namespace, {}).get(SEGMENT_LABEL, namespace)

    @cached_property
    def connections(self) -> tuple[Connection, ...]:
        """Every connection that the policies permit to or from a workload, sorted."""
        scope = Scope(
            address_sets=matrix_address_sets(self.matrix),
            sockets=frozenset(Socket(row["protocol"], int(row["port"])) for row in self.rows),
            itself=True,
            subjects=frozenset(peer for peer in self.peers if self.is_ours(peer)),
        )
        return tuple(sorted(connections(self._manifests, self._pods, self._namespaces, scope)))

    @cached_property
    def _pods(self) -> tuple[Any, ...]:
        return matrix_pods(self.matrix, pods_of(self._manifests))

    def resolve(self, name: str) -> str:
        """Return the peer of a name, written `name` or `namespace/name`; BadInput for an unknown one."""
        found = [peer for peer in self.peers if name in (peer, peer.rpartition("/")[2])]
        if len(found) == 1:
            return found[0]
        if found:
            raise BadInput([Problem((), f"{name!r} is in several namespaces", f"write {' or '.join(sorted(found))}")])
        known = {peer if "/" in name else peer.rpartition("/")[2] for peer in self.peers}
        what = f"nothing in {self.matrix['system']} {self.matrix['environment']} has the name {name!r}"
        raise BadInput([Problem((), what, did_you_mean(name, known))])

    def rows_between(self, source: str, target: str) -> list[Row]:
        """Return the rows of the matrix from one peer to another."""
        return [row for row in self.rows if (row["from"], row["to"]) == (source, target)]

    def verdicts(self, source: str, target: str) -> Iterator[tuple[Socket, Verdict]]:
        """Yield a verdict for each socket of rows and connections, else for the first on which the target listens."""
        sockets = {Socket(row["protocol"], int(row["port"])) for row in self.rows_between(source, target)}
        sockets |= {Socket(e.protocol, e.port) for e in self.connections if (e.source, e.target) == (source, target)}
        for socket in sorted(sockets or {self._listening(target)}):
            policies, sets = self._manifests, matrix_address_sets(self.matrix)
            yield socket, explain(source, target, socket, policies, self._pods, sets, self._namespaces)

    def _listening(self, target: str) -> Socket:
        number, _, protocol = next(iter(self.peers[target].get("ports", ())), "443/TCP").partition("/")
        return Socket(protocol, int(number))


def _matrix(manifests: Collection[Manifest]) -> Mapping[str, Any]:
    for manifest in manifests:
        if manifest["kind"] == "ConfigMap" and manifest["metadata"]["name"] == MATRIX_NAME:
            matrix: Mapping[str, Any] = json.loads(manifest["data"][MATRIX_KEY])
            return matrix
    raise BadInput([Problem((), f"there is no ConfigMap {MATRIX_NAME!r} among the objects", "render the whole stack")])
