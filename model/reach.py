"""NetworkPolicy v1, evaluated over plain manifests: who reaches whom, on which port, and why.

Semantics: kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1. An `ipBlock`
never matches a pod, because pod addresses are not known before a cluster gives them.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from model.reachability.addresses import Block, Range, block
from model.reachability.connectivity import Connectivity, Edge, Group, Scope, name_blocks
from model.reachability.netpol import Policy, Rule, Socket, parse_policies
from model.reachability.pods import Manifest, NamespaceLabels, Pod, Port, namespaces_of, pods_of
from model.reachability.proof import Difference, prove

__all__ = [
    "Block", "Difference", "Edge", "Pod", "Port", "Range", "Verdict",
    "block", "evaluate", "explain", "namespaces_of", "ordered", "pods_of", "prove",
]  # fmt: skip

_NO_NAMESPACES: NamespaceLabels = {}


class Verdict(NamedTuple):
    """Why a connection is allowed or refused: the policies that let it out and in, and what is missing."""

    allowed: bool
    egress: tuple[str, ...]
    ingress: tuple[str, ...]
    missing: tuple[str, ...]


def ordered(edges: Iterable[Edge]) -> tuple[Edge, ...]:
    """Edges in their one order, for output."""
    return tuple(sorted(edges))


def evaluate(
    policies: Iterable[Manifest],
    pods: Iterable[Pod],
    blocks: Sequence[Block] = (),
    namespaces: NamespaceLabels = _NO_NAMESPACES,
) -> frozenset[Edge]:
    """Every allowed connection between different pods, and between pods and addresses.

    Judged are the declared ports of a target and all ports that any policy names. Addresses appear as
    the block whose every address agrees, otherwise as the CIDR of a cell (see model.reachability.addresses).
    Raises ValueError for a policy that the API server would refuse.
    """
    graph = Connectivity(parse_policies(policies), pods, namespaces, Scope(blocks))
    return name_blocks(graph.edges(), blocks, graph.cells)


def explain(
    source: str,
    target: str,
    protocol: str,
    port: int,
    policies: Iterable[Manifest],
    pods: Iterable[Pod],
    blocks: Sequence[Block] = (),
    namespaces: NamespaceLabels = _NO_NAMESPACES,
) -> Verdict:
    """Why one connection is allowed or refused; an end is a pod, a block, or an address or CIDR.

    Raises ValueError for an end that is none of them.
    """
    pods = tuple(pods)
    known = {pod.id: () for pod in pods} | {one.id: one.ranges for one in blocks}
    ends = [Block(end, known[end] if end in known else (Range(end),)) for end in (source, target)]
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


def _nobody(held: Sequence[tuple[Policy, Sequence[Rule]]]) -> str:
    return f"none of {', '.join(sorted(policy.name for policy, _ in held))} allows all of"


def _members(graph: Connectivity, end: Block) -> Group:
    return frozenset({end.id}) if end.id in graph.pods else graph.cells.of_ranges(end.ranges)


class _Question(NamedTuple):
    graph: Connectivity
    socket: Socket
    target: str

    def judge(self, others: Group, held: Sequence[tuple[Policy, Sequence[Rule]]]) -> tuple[tuple[str, ...], bool]:
        """The policies that allow some of the others, and whether together they allow all of them."""
        names, allowed = [], frozenset[str]()
        for policy, rules in held:
            part = others & frozenset[str]().union(*(self._admits(policy, rule) for rule in rules))
            if part:
                names.append(policy.name)
                allowed |= part
        return tuple(sorted(names)), not held or allowed == others

    def _admits(self, policy: Policy, rule: Rule) -> Group:
        if self.socket not in self.graph.sockets(rule, self.target):
            return frozenset()
        return frozenset[str]().union(*self.graph.peers(policy, rule))
