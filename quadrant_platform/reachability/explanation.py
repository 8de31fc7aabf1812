"""Why one connection is allowed or refused."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from quadrant_platform.reachability.addresses import AddressSet, Range
from quadrant_platform.reachability.connectivity import Connectivity, Members, Scope
from quadrant_platform.reachability.labelled_pods import Manifest, NamespaceLabels, Pod
from quadrant_platform.reachability.network_policy import NetworkPolicy, Rule, Socket, parse_policies

_NO_NAMESPACES: NamespaceLabels = {}
Selecting = Sequence[tuple[NetworkPolicy, Sequence[Rule]]]
"""The policies that select a pod in one direction, each with its rules of that direction."""


class Verdict(NamedTuple):
    """Whether a connection is allowed, the policies that let it out and in, and the rules that are missing."""

    allowed: bool
    egress: tuple[str, ...]
    ingress: tuple[str, ...]
    missing: tuple[str, ...]


def explain(
    source: str,
    target: str,
    socket: Socket,
    policies: Iterable[Manifest],
    pods: Iterable[Pod],
    address_sets: Sequence[AddressSet] = (),
    namespaces: NamespaceLabels = _NO_NAMESPACES,
) -> Verdict:
    """Judge one connection; an end is a pod, an address set, or an address or CIDR.

    Raises ValueError for any other end.
    """
    pods = tuple(pods)
    known = {pod.id: () for pod in pods} | {one.id: one.ranges for one in address_sets}
    ends = [AddressSet(end, known[end] if end in known else (Range(end),)) for end in (source, target)]
    graph = Connectivity(parse_policies(policies), pods, namespaces, Scope(ends, frozenset({socket})))
    sources, targets = (_members(graph, end) for end in ends)
    question = _Question(graph, socket, next(iter(targets)))
    out = [(policy, policy.egress or ()) for policy in graph.egress.get(source, ())]
    into = [(policy, policy.ingress or ()) for policy in graph.ingress.get(target, ())]
    egress, lets_out = question.judge(targets, out)
    ingress, lets_in = question.judge(sources, into)
    port = f"{socket.port}/{socket.protocol}"
    missing = [] if lets_out else [f"egress of {source}: {_refusal(out)} {port} to {target}"]
    missing += [] if lets_in else [f"ingress of {target}: {_refusal(into)} {port} from {source}"]
    return Verdict(not missing, egress, ingress, tuple(missing))


def _refusal(selecting: Selecting) -> str:
    return f"none of {', '.join(sorted(policy.name for policy, _ in selecting))} allows all of"


def _members(graph: Connectivity, end: AddressSet) -> Members:
    return frozenset({end.id}) if end.id in graph.pods else graph.cells.of_ranges(end.ranges)


class _Question(NamedTuple):
    graph: Connectivity
    socket: Socket
    target: str

    def judge(self, others: Members, selecting: Selecting) -> tuple[tuple[str, ...], bool]:
        """Return the policies that allow some of the others, and whether together they allow all of them."""
        names, allowed = [], frozenset[str]()
        for policy, rules in selecting:
            part = others & frozenset[str]().union(*(self._admits(policy, rule) for rule in rules))
            if part:
                names.append(policy.name)
                allowed |= part
        return tuple(sorted(names)), not selecting or allowed == others

    def _admits(self, policy: NetworkPolicy, rule: Rule) -> Members:
        if self.socket not in self.graph.sockets(rule, self.target):
            return frozenset()
        return frozenset[str]().union(*self.graph.peers(policy, rule))
