"""NetworkPolicy v1, evaluated over plain manifests: who reaches whom, on which port, and why.

Semantics: kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1. An `ipBlock`
never matches a pod, because pod addresses are not known before a cluster gives them.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from quadrant_platform.reachability.addresses import AddressSet, Range, address_set
from quadrant_platform.reachability.connectivity import Connection, Connectivity, Members, Scope, name_address_sets
from quadrant_platform.reachability.labelled_pods import (
    ContainerPort,
    Manifest,
    NamespaceLabels,
    Pod,
    namespaces_of,
    pods_of,
)
from quadrant_platform.reachability.network_policy import NetworkPolicy, Rule, Socket, parse_policies
from quadrant_platform.reachability.proof import Discrepancy, prove

__all__ = [
    "AddressSet", "Connection", "ContainerPort", "Discrepancy", "Pod", "Range", "Verdict",
    "address_set", "evaluate", "explain", "namespaces_of", "ordered", "pods_of", "prove",
]  # fmt: skip

_NO_NAMESPACES: NamespaceLabels = {}


class Verdict(NamedTuple):
    """Why a connection is allowed or refused: the policies that let it out and in, and what is missing."""

    allowed: bool
    egress: tuple[str, ...]
    ingress: tuple[str, ...]
    missing: tuple[str, ...]


def ordered(edges: Iterable[Connection]) -> tuple[Connection, ...]:
    """Edges in their one order, for output."""
    return tuple(sorted(edges))


def evaluate(
    policies: Iterable[Manifest],
    pods: Iterable[Pod],
    blocks: Sequence[AddressSet] = (),
    namespaces: NamespaceLabels = _NO_NAMESPACES,
) -> frozenset[Connection]:
    """Every allowed connection between different pods, and between pods and addresses.

    Judged are the declared ports of a target and all ports that any policy names. Addresses appear as
    the block whose every address agrees, otherwise as the CIDR of a cell (see addresses).
    Raises ValueError for a policy that the API server would refuse.
    """
    graph = Connectivity(parse_policies(policies), pods, namespaces, Scope(blocks))
    return name_address_sets(graph.edges(), blocks, graph.cells)


def explain(
    source: str,
    target: str,
    protocol: str,
    port: int,
    policies: Iterable[Manifest],
    pods: Iterable[Pod],
    blocks: Sequence[AddressSet] = (),
    namespaces: NamespaceLabels = _NO_NAMESPACES,
) -> Verdict:
    """Why one connection is allowed or refused; an end is a pod, a block, or an address or CIDR.

    Raises ValueError for an end that is none of them.
    """
    pods = tuple(pods)
    known = {pod.id: () for pod in pods} | {one.id: one.ranges for one in blocks}
    ends = [AddressSet(end, known[end] if end in known else (Range(end),)) for end in (source, target)]
    socket = Socket(protocol, port)
    graph = Connectivity(parse_policies(policies), pods, namespaces, Scope(ends, frozenset({socket})))
    sources, targets = (_members(graph, end) for end in ends)
    question = _Question(graph, socket, next(iter(targets)))
    out = [(policy, policy.egress or ()) for policy in graph.egress.get(source, ())]
    into = [(policy, policy.ingress or ()) for policy in graph.ingress.get(target, ())]
    egress, lets_out = question.judge(targets, out)
    ingress, lets_in = question.judge(sources, into)
    missing = [] if lets_out else [f"egress of {source}: {_nobody(out)} {port}/{protocol} to {target}"]
    missing += [] if lets_in else [f"ingress of {target}: {_nobody(into)} {port}/{protocol} from {source}"]
    return Verdict(not missing, egress, ingress, tuple(missing))


def _nobody(held: Sequence[tuple[NetworkPolicy, Sequence[Rule]]]) -> str:
    return f"none of {', '.join(sorted(policy.name for policy, _ in held))} allows all of"


def _members(graph: Connectivity, end: AddressSet) -> Members:
    return frozenset({end.id}) if end.id in graph.pods else graph.cells.of_ranges(end.ranges)


class _Question(NamedTuple):
    graph: Connectivity
    socket: Socket
    target: str

    def judge(
        self, others: Members, held: Sequence[tuple[NetworkPolicy, Sequence[Rule]]]
    ) -> tuple[tuple[str, ...], bool]:
        """The policies that allow some of the others, and whether together they allow all of them."""
        names, allowed = [], frozenset[str]()
        for policy, rules in held:
            part = others & frozenset[str]().union(*(self._admits(policy, rule) for rule in rules))
            if part:
                names.append(policy.name)
                allowed |= part
        return tuple(sorted(names)), not held or allowed == others

    def _admits(self, policy: NetworkPolicy, rule: Rule) -> Members:
        if self.socket not in self.graph.sockets(rule, self.target):
            return frozenset()
        return frozenset[str]().union(*self.graph.peers(policy, rule))
