"""NetworkPolicy v1 manifests as typed values, with the defaults that the API server fills in."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple, Self

from quadrant_platform.reachability.addresses import Range
from quadrant_platform.reachability.labelled_pods import Manifest, Pod
from quadrant_platform.reachability.selectors import Selector

PROTOCOLS = ("TCP", "UDP", "SCTP")
LAST_PORT = 65535
_KIND = ("networking.k8s.io/v1", "NetworkPolicy")


class Socket(NamedTuple):
    """A protocol and a port number."""

    protocol: str
    port: int


class PortRule(NamedTuple):
    """One entry of `ports`: a range of numbers, or a name that the destination pod resolves."""

    protocol: str
    first: int
    last: int
    name: str | None = None

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> Self:
        """Read an entry of a manifest; without `port` it is every port of the protocol."""
        protocol = raw.get("protocol") or "TCP"
        port = raw.get("port")
        if port is None:
            return cls(protocol, 1, LAST_PORT)
        if isinstance(port, str):
            return cls(protocol, 0, 0, port)
        return cls(protocol, int(port), int(raw.get("endPort") or port))

    def sockets(self, candidates: Iterable[Socket], pod: Pod | None) -> Iterator[Socket]:
        """Yield the candidate sockets that it covers on a pod, or on an address when `pod` is None."""
        if self.name is not None:
            declared = pod.ports if pod else ()
            yield from (Socket(one.protocol, one.number) for one in declared if self._names(one.protocol, one.name))
        elif self.first == self.last:
            yield Socket(self.protocol, self.first)
        else:
            yield from (one for one in candidates if self.covers(one))

    def covers(self, socket: Socket) -> bool:
        """Return whether a socket lies in its range."""
        return socket.protocol == self.protocol and self.first <= socket.port <= self.last

    def _names(self, protocol: str, name: str | None) -> bool:
        return name == self.name and protocol == self.protocol


class Peer(NamedTuple):
    """One entry of `from` or `to`; `namespaces` None means the namespace of the policy."""

    namespaces: Selector | None
    pods: Selector
    range: Range | None

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> Self:
        """Read a peer of a manifest. Raises ValueError for an empty peer, which the API server refuses."""
        if raw.get("ipBlock") is not None:
            return cls(None, Selector(), Range.parse(raw["ipBlock"]))
        namespaces, pods = raw.get("namespaceSelector"), raw.get("podSelector")
        if namespaces is None and pods is None:
            raise ValueError("a peer needs a podSelector, a namespaceSelector or an ipBlock")
        return cls(None if namespaces is None else Selector.parse(namespaces), Selector.parse(pods or {}), None)


# Rules repeat their peers and ports: one object for all equal ones keeps the garbage collector idle.
@lru_cache(maxsize=2**14)
def _one_peer(peer: Peer) -> Peer:
    return peer


@lru_cache(maxsize=2**14)
def _one_port(port: PortRule) -> PortRule:
    return port


class Rule(NamedTuple):
    """One ingress or egress rule; no peers means any source or target, no ports any port."""

    peers: tuple[Peer, ...]
    ports: tuple[PortRule, ...]

    @classmethod
    def parse(cls, raw: Mapping[str, Any], side: str) -> Self:
        """Read a rule of a manifest; `side` is the key of its peers, `from` or `to`."""
        return cls(
            tuple(_one_peer(Peer.parse(peer)) for peer in raw.get(side) or ()),
            tuple(_one_port(PortRule.parse(port)) for port in raw.get("ports") or ()),
        )


class NetworkPolicy(NamedTuple):
    """One NetworkPolicy; a direction that is None does not isolate."""

    name: str
    namespace: str
    selector: Selector
    ingress: tuple[Rule, ...] | None
    egress: tuple[Rule, ...] | None

    @classmethod
    def parse(cls, raw: Manifest) -> Self:
        """Read a policy from its manifest. Raises ValueError naming the policy if the API server would refuse it."""
        spec = raw.get("spec") or {}
        namespace = raw["metadata"].get("namespace") or "default"
        name = f"{namespace}/{raw['metadata']['name']}"
        types = spec.get("policyTypes") or (["Ingress", "Egress"] if spec.get("egress") else ["Ingress"])
        try:
            ingress = tuple(Rule.parse(rule, "from") for rule in spec.get("ingress") or ())
            egress = tuple(Rule.parse(rule, "to") for rule in spec.get("egress") or ())
            selector = Selector.parse(spec.get("podSelector") or {})
        except ValueError as error:
            raise ValueError(f"NetworkPolicy {name}: {error}") from error
        return cls(
            name, namespace, selector, ingress if "Ingress" in types else None, egress if "Egress" in types else None
        )

    @property
    def selects_everything(self) -> bool:
        """Whether it selects every pod of its namespace."""
        return not any(self.selector)

    def only(self, direction: str) -> Self:
        """Return the policy without its rules of the other direction."""
        return self._replace(ingress=None) if direction == "Egress" else self._replace(egress=None)

    @property
    def directions(self) -> tuple[str, ...]:
        """The directions that it isolates."""
        return tuple(name for name, rules in (("Ingress", self.ingress), ("Egress", self.egress)) if rules is not None)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Its rules of both directions, as far as they are in force."""
        return (*(self.ingress or ()), *(self.egress or ()))


def parse_policies(manifests: Iterable[Manifest]) -> tuple[NetworkPolicy, ...]:
    """Return the NetworkPolicies of Kubernetes among manifests of any kind."""
    return tuple(NetworkPolicy.parse(one) for one in manifests if (one["apiVersion"], one["kind"]) == _KIND)


def numeric_ports(policies: Iterable[NetworkPolicy]) -> frozenset[PortRule]:
    """Return the port rules in force that give numbers, save those that mean a whole protocol."""
    rules = (port for policy in policies for rule in policy.rules for port in rule.ports)
    return frozenset(port for port in rules if port.name is None and (port.first, port.last) != (1, LAST_PORT))


def unnamed_sockets(rules: Iterable[PortRule], taken: frozenset[Socket]) -> Iterator[Socket]:
    """Yield one socket for every set of port numbers that no rule names singly and no range separates."""
    rules = tuple(rules)
    for protocol in PROTOCOLS:
        ranges = [rule for rule in rules if rule.protocol == protocol and rule.first != rule.last]
        cuts = sorted({1, LAST_PORT + 1, *(rule.first for rule in ranges), *(rule.last + 1 for rule in ranges)})
        for start, stop in pairwise(cuts):
            free = (Socket(protocol, port) for port in range(start, stop) if (protocol, port) not in taken)
            yield from (socket for socket in [next(free, None)] if socket)
