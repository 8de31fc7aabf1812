"""The way to DNS: pods that may send something may also look names up."""

from collections.abc import Iterator
from typing import NamedTuple

from quadrant_platform.policies.core import Finding, Level, Severity, StackIndex, StackPolicy
from quadrant_platform.policies.core.policy import ADVICE
from quadrant_platform.reachability import NetworkPolicy, Peer, PortRule, Rule, Selector, Socket
from quadrant_platform.vocabulary import NAMESPACE_LABEL

_PORTS = (53, 5353, 8053)
"""Where DNS servers in clusters listen; OpenShift's and some of CoreDNS are above 1024."""
_NAMES = frozenset({"dns", "dns-tcp", "domain"})
_SYSTEM = "kube-system"
_OLD_LABEL = "name"
"""The label that pages from before 1.21 had users put on namespaces by hand."""


def name_lookups(stack: StackIndex) -> Iterator[Finding]:
    """Check that where policies let pods send to other pods, they let them ask DNS as well, by UDP and TCP.

    A matrix names DNS itself. A pod that may send nothing, or to addresses only, needs no names.
    """
    objects = {id(one.rules): one.obj for one in stack.network_policies} if not stack.matrices else {}
    told = set[int]()
    for selecting in stack.connectivity.egress.values() if objects else ():
        found = _missing(stack, [_Way(policy, rule) for policy in selecting for rule in policy.egress or ()])
        if found and id(found.policy) not in told:
            told.add(id(found.policy))
            yield Finding(found.message, found.check, objects[id(found.policy)])


class _Way(NamedTuple):
    """A rule of a policy."""

    policy: NetworkPolicy
    rule: Rule


class _Fault(NamedTuple):
    """What a policy lacks."""

    policy: NetworkPolicy
    check: str
    message: str


def _is_for_pods(rule: Rule) -> bool:
    """Return whether a rule leads to pods by something else than DNS; one without peers leads everywhere."""
    return any(peer.range is None for peer in rule.peers) and not (rule.ports and all(map(_is_dns, rule.ports)))


def _is_dns(port: PortRule) -> bool:
    return port.name in _NAMES or (port.first == port.last and port.first in _PORTS)


def _missing(stack: StackIndex, ways: list[_Way]) -> _Fault | None:
    """Return what is wrong with the ways out of a pod; nothing where both protocols have one to DNS."""
    by_udp, by_tcp = ([way for way in ways if _covers(way.rule, protocol)] for protocol in ("UDP", "TCP"))
    policy = next((way.policy for way in (*by_udp, *by_tcp)), None)
    if policy is None:
        sending = next((way.policy for way in ways if _is_for_pods(way.rule)), None)
        what = "its pods may send to others and not ask DNS for their names: no egress rule is for port 53"
        return _Fault(sending, "dns", what) if sending else None
    peers = [peer for way in (*by_udp, *by_tcp) for peer in way.rule.peers]
    if peers and all(_is_misnamed(stack, peer) for peer in peers):
        what = f"the namespace {_SYSTEM} has the label {NAMESPACE_LABEL}, and no label {_OLD_LABEL!r}"
        return _Fault(policy, "namespace", what)
    if not by_tcp:
        what = "its pods may ask DNS by UDP only: answers that UDP cuts short are asked for again by TCP"
        return _Fault(policy, "tcp", what)
    return None if by_udp else _Fault(policy, "udp", "its pods may ask DNS by TCP only: resolvers begin with UDP")


def _covers(rule: Rule, protocol: str) -> bool:
    """Return whether a rule may be a way to DNS: by its ports, and if it names none by its peers."""
    if any(_is_dns(port) and port.protocol == protocol for port in rule.ports):
        return True
    named = rule.ports and not any(port.covers(Socket(protocol, 53)) for port in rule.ports)
    return not named and (not rule.peers or any(_may_be_dns(peer) for peer in rule.peers))


def _may_be_dns(peer: Peer) -> bool:
    system = {NAMESPACE_LABEL: _SYSTEM}
    return peer.range is not None or (peer.namespaces is not None and peer.namespaces.matches(system))


def _is_misnamed(stack: StackIndex, peer: Peer) -> bool:
    """Return whether a peer looks for the cluster's own namespace by a label that it has only if someone set it."""
    labels = stack.namespace_labels.get(_SYSTEM, {})
    return (_OLD_LABEL, _SYSTEM) in (peer.namespaces or Selector()).items and labels.get(_OLD_LABEL) != _SYSTEM


POLICIES = (
    StackPolicy(
        name="name-lookups-allowed", title="Pods that may send may look names up", level=Level.ADVISORY,
        severity=Severity.MEDIUM, tags=("reliability",), group=ADVICE, predicate=name_lookups,
        why="Without DNS the address of a Service has no name, and every connection that the policy allows fails.",
        remedy=f"Allow egress to port 53, UDP and TCP, of the namespace with the label {NAMESPACE_LABEL}: {_SYSTEM}.",
    ),
)  # fmt: skip
