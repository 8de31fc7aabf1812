"""Which sockets are worth asking about, so that a tool that answers one question at a time is not asked millions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quadrant_platform.reachability import Pod

Manifest = Mapping[str, Any]
Socket = tuple[str, int]

UNNAMED: frozenset[Socket] = frozenset({("TCP", 7), ("UDP", 7), ("SCTP", 7)})
"""Sockets that no policy names; they represent all such."""

_DIRECTIONS = {"ingress": ("Ingress", "to"), "egress": ("Egress", "from")}
"""The policy type of a direction, and the end of a row that it holds."""


@dataclass(frozen=True)
class Sockets:
    """The sockets that a source may be let out to, and a target may be let in on.

    A namespace that denies by default and whose rules name single ports opens nothing else, so that only these
    and the ports of rows are asked about, and the unnamed ones to see whether that is so. Otherwise it is all.
    """

    exits: Mapping[str, frozenset[Socket]]
    doors: Mapping[str, frozenset[Socket]]

    def between(self, source: str, target: str) -> frozenset[Socket]:
        """The sockets to ask about for one pair."""
        return (self.exits[source] & self.doors[target]) | UNNAMED


def sockets(
    policies: Sequence[Manifest], matrix: Mapping[str, Any], pods: Sequence[Pod], addresses: Iterable[str]
) -> Sockets:
    """The sockets of every pod and address."""
    everything = [*rules(policies, "ingress"), *rules(policies, "egress")]
    declared = frozenset((port.protocol, port.number) for pod in pods for port in pod.ports)
    every = _named(everything) | declared | {(row["protocol"], row["port"]) for row in matrix["rows"]}
    outward = [rule for rule in rules(policies, "egress") if _names_addresses(rule)]
    to_blocks = {(row["protocol"], row["port"]) for row in matrix["rows"] if "blocks" in matrix["peers"][row["to"]]}
    outside = _named(outward) | to_blocks if _single(outward) else every
    addresses = tuple(addresses)
    return Sockets(
        exits=dict.fromkeys(addresses, every) | _of_pods("egress", policies, matrix, pods, every),
        doors=dict.fromkeys(addresses, outside) | _of_pods("ingress", policies, matrix, pods, every),
    )


def rules(policies: Iterable[Manifest], direction: str) -> Iterator[Manifest]:
    """The rules of one direction, `ingress` or `egress`."""
    for policy in policies:
        yield from policy["spec"].get(direction) or ()


def _of_pods(
    direction: str,
    policies: Sequence[Manifest],
    matrix: Mapping[str, Any],
    pods: Iterable[Pod],
    every: frozenset[Socket],
) -> dict[str, frozenset[Socket]]:
    kind, end = _DIRECTIONS[direction]
    rows: dict[str, set[Socket]] = {}
    for row in matrix["rows"]:
        rows.setdefault(row[end], set()).add((row["protocol"], row["port"]))
    found = {}
    for pod in pods:
        here = [policy for policy in policies if policy["metadata"]["namespace"] == pod.namespace]
        inside = list(rules(here, direction))
        narrow = _single(inside) and any(_denies(policy, kind) for policy in here)
        found[pod.id] = (_named(inside) if narrow else every).union(rows.get(pod.id, ()))
    return found


def _named(found: Iterable[Manifest]) -> frozenset[Socket]:
    """The numbers that rules name; a range gives its ends."""
    ports = [port for rule in found for port in rule.get("ports") or () if isinstance(port.get("port"), int)]
    ends = [(port, number) for port in ports for number in (port["port"], port.get("endPort") or port["port"])]
    return frozenset((port.get("protocol") or "TCP", number) for port, number in ends)


def _single(found: Iterable[Manifest]) -> bool:
    ports = [rule.get("ports") or [{}] for rule in found]
    return all(isinstance(port.get("port"), int) and "endPort" not in port for group in ports for port in group)


def _names_addresses(rule: Manifest) -> bool:
    peers = rule.get("to") or ()
    return not peers or any(peer.get("ipBlock") for peer in peers)


def _denies(policy: Manifest, kind: str) -> bool:
    spec = policy["spec"]
    return not spec.get("podSelector") and kind in spec.get("policyTypes", ["Ingress"])
