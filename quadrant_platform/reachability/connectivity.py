"""Who may connect to whom under a set of NetworkPolicies, by sets rather than by pairs."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from quadrant_platform.reachability.addresses import AddressSet, Cells
from quadrant_platform.reachability.connection import Connection, name_address_sets
from quadrant_platform.reachability.labelled_pods import Manifest, NamespaceLabels, Pod
from quadrant_platform.reachability.network_policy import (
    NetworkPolicy,
    Rule,
    Socket,
    numeric_ports,
    parse_policies,
    unnamed_sockets,
)
from quadrant_platform.reachability.selectors import LabelIndex, Selector
from quadrant_platform.vocabulary import NAMESPACE_LABEL

Members = frozenset[str]


class Scope(NamedTuple):
    """What to judge besides the addresses and sockets that policies name, and whose connections to list.

    `unnamed` adds one socket for every set of ports that no rule names; `itself` judges a pod against a second replica
    of it; `subjects` keeps only connections that touch one of them.
    """

    address_sets: Sequence[AddressSet] = ()
    sockets: frozenset[Socket] = frozenset()
    unnamed: bool = False
    itself: bool = False
    subjects: frozenset[str] | None = None


class Connectivity:
    """The allowed connections between pods and cells of the address space."""

    def __init__(
        self, policies: Sequence[NetworkPolicy], pods: Iterable[Pod], namespaces: NamespaceLabels, scope: Scope
    ) -> None:
        self._scope = scope
        self.pods = {pod.id: pod for pod in pods}
        ranges = [peer.range for policy in policies for rule in policy.rules for peer in rule.peers if peer.range]
        ranges += [part for one in scope.address_sets for part in one.ranges]
        self.cells = Cells(network for part in ranges for network in part.networks)
        self._index_pods(namespaces)
        self._index_sockets(policies)
        self.ingress: dict[str, list[NetworkPolicy]] = defaultdict(list)
        self.egress: dict[str, list[NetworkPolicy]] = defaultdict(list)
        for policy in policies:
            self._assign(policy)
        self._admitted: dict[str, dict[Socket, list[Members]]] = {}

    def _index_pods(self, namespaces: NamespaceLabels) -> None:
        grouped: dict[str, dict[str, Mapping[str, str]]] = defaultdict(dict)
        for pod in self.pods.values():
            grouped[pod.namespace][pod.id] = pod.labels
        labelled = {name: {**namespaces.get(name, {}), NAMESPACE_LABEL: name} for name in grouped}
        self._namespaces = LabelIndex(labelled)
        self._by_namespace = {name: LabelIndex(labels) for name, labels in grouped.items()}
        self._everything = frozenset(self.pods) | self.cells.all
        self._selected: dict[tuple[Selector, Selector], Members] = {}

    def _index_sockets(self, policies: Sequence[NetworkPolicy]) -> None:
        rules = numeric_ports(policies)
        ends = {Socket(rule.protocol, port) for rule in rules for port in (rule.first, rule.last)}
        self._common = frozenset(ends) | self._scope.sockets
        declared = {pod.id: frozenset(Socket(p.protocol, p.number) for p in pod.ports) for pod in self.pods.values()}
        if self._scope.unnamed:
            self._common |= frozenset(unnamed_sockets(rules, self._common.union(*declared.values())))
        self._extra = {identity: sockets - self._common for identity, sockets in declared.items()}

    def _assign(self, policy: NetworkPolicy) -> None:
        for identity in self._in_namespace(policy.namespace, policy.selector):
            if policy.ingress is not None:
                self.ingress[identity].append(policy)
            if policy.egress is not None:
                self.egress[identity].append(policy)

    def _in_namespace(self, namespace: str, selector: Selector) -> Members:
        index = self._by_namespace.get(namespace)
        return index.select(selector) if index else frozenset()

    def _in_namespaces(self, namespaces: Selector, selector: Selector) -> Members:
        key = (namespaces, selector)
        if key not in self._selected:
            groups = (self._by_namespace[name].select(selector) for name in self._namespaces.select(namespaces))
            self._selected[key] = frozenset[str]().union(*groups)
        return self._selected[key]

    def peers(self, policy: NetworkPolicy, rule: Rule) -> Iterator[Members]:
        """Yield the pods and cells that a rule names, as shared sets."""
        if not rule.peers:
            yield self._everything
        for peer in rule.peers:
            if peer.range is not None:
                yield self.cells.of_range(peer.range)
            elif peer.namespaces is None:
                yield self._in_namespace(policy.namespace, peer.pods)
            else:
                yield self._in_namespaces(peer.namespaces, peer.pods)

    def candidates(self, target: str) -> Iterator[Socket]:
        """Yield the sockets of a target to judge."""
        yield from self._common
        yield from self._extra.get(target, ())

    def sockets(self, rule: Rule, target: str) -> Iterator[Socket]:
        """Yield the sockets of a target that a rule covers."""
        if not rule.ports:
            yield from self.candidates(target)
        for port in rule.ports:
            yield from port.sockets(self.candidates(target), self.pods.get(target))

    def admitted(self, target: str) -> Mapping[Socket, Sequence[Members]]:
        """Return the groups that the policies of an isolated pod admit, by socket."""
        if target not in self._admitted:
            admitted: dict[Socket, list[Members]] = defaultdict(list)
            for policy in self.ingress[target]:
                for rule in policy.ingress or ():
                    groups = list(self.peers(policy, rule))
                    for socket in self.sockets(rule, target):
                        admitted[socket].extend(groups)
            self._admitted[target] = dict(admitted)
        return self._admitted[target]

    def connections(self) -> frozenset[Connection]:
        """Return every allowed connection within the scope, addresses by their cells."""
        return frozenset((*self._from_isolated(), *self._from_open()))

    def _from_isolated(self) -> Iterator[Connection]:
        for source, policies in self.egress.items():
            for policy in policies:
                for rule in policy.egress or ():
                    yield from self._along(source, rule, self.peers(policy, rule))

    def _along(self, source: str, rule: Rule, groups: Iterable[Members]) -> Iterator[Connection]:
        for target in frozenset[str]().union(*groups):
            if not self._in_scope(source, target):
                continue
            admitted = self.admitted(target) if target in self.ingress else None
            for socket in self.sockets(rule, target):
                if admitted is None or any(source in group for group in admitted.get(socket, ())):
                    yield Connection(source, target, *socket)

    def _from_open(self) -> Iterator[Connection]:
        """Yield connections of sources that no egress policy selects: pods without one, and addresses."""
        sources = self._everything - self.egress.keys()
        for target in self.ingress:
            for socket, groups in self.admitted(target).items():
                admitted = frozenset[str]().union(*(group & sources for group in groups))
                yield from (Connection(one, target, *socket) for one in admitted if self._in_scope(one, target))
        for target in self._everything - self.ingress.keys():
            for source in sources:
                if self._in_scope(source, target):
                    yield from (Connection(source, target, *socket) for socket in self.candidates(target))

    def _in_scope(self, source: str, target: str) -> bool:
        if source not in self.pods and target not in self.pods:
            return False
        if source == target and not self._scope.itself:
            return False
        subjects = self._scope.subjects
        return subjects is None or source in subjects or target in subjects


_NO_NAMESPACES: NamespaceLabels = {}
_DEFAULT_SCOPE = Scope()


def connections(
    policies: Iterable[Manifest],
    pods: Iterable[Pod],
    namespaces: NamespaceLabels = _NO_NAMESPACES,
    scope: Scope = _DEFAULT_SCOPE,
) -> frozenset[Connection]:
    """Return every allowed connection between different pods, and between pods and addresses.

    Judges the declared ports of a target and all ports that any policy names. Addresses appear as the set whose every
    address agrees, otherwise as the CIDR of a cell. Raises ValueError for a policy that the API server would refuse.
    """
    graph = Connectivity(parse_policies(policies), pods, namespaces, scope)
    return name_address_sets(graph.connections(), scope.address_sets, graph.cells)
