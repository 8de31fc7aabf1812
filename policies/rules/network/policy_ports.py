"""Ports in NetworkPolicies: those that some selected pod declares."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Self

from quadrant_platform.policies.core import Finding, Object, Severity, StackIndex, StackPolicy
from quadrant_platform.policies.core.policy import CONSISTENCY
from quadrant_platform.reachability import LAST_PORT, NetworkPolicy, Peer, Pod, PortRule, Rule, Selector, Socket

_OF_SIDECARS = frozenset({15006, 15008, 15020, 15021, 15090, 4143, 4190, 4191})
"""Ports of Istio's and Linkerd's sidecars, which pods get when they are made."""


class _View(NamedTuple):
    """The stack, and its pods by namespace."""

    stack: StackIndex
    pods: Mapping[str, Sequence[Pod]]

    @classmethod
    def of(cls, stack: StackIndex) -> Self:
        """Return the view of a stack."""
        found = defaultdict[str, list[Pod]](list)
        for pod in stack.labelled_pods:
            found[pod.namespace].append(pod)
        return cls(stack, found)

    def known(self, namespace: str, selector: Selector) -> Sequence[Pod]:
        """Return the pods of a selector; none where some may be others, or one declares no port."""
        pods = [pod for pod in self.pods.get(namespace, ()) if selector.matches(pod.labels)]
        if not all(pod.ports for pod in pods) or self.stack.may_be_made(selector, namespace):
            return ()
        return pods if any(selector) or self.stack.is_complete(namespace) else ()


class _Opened(NamedTuple):
    """The pods on whose ports a rule is, and the path of the rule."""

    rule: Rule
    path: str
    pods: Sequence[Pod]


def policy_ports(stack: StackIndex) -> Iterator[Finding]:
    """Check that one of the pods that a rule opens declares its port; where all are known and declare theirs.

    A matrix says more exactly what is open, and is compared by other policies.
    """
    view = _View.of(stack)
    for policy in stack.network_policies if not stack.matrices else ():
        for opened in (*_ingress(view, policy.rules), *_egress(view, policy.rules)):
            for index, port in enumerate(opened.rule.ports):
                if opened.pods and not any(_is_declared(port, pod) for pod in opened.pods):
                    where = f"{opened.path}.ports[{index}]"
                    yield Finding(f"{where}: {_described(stack, port, opened.pods)}", "port", policy.obj)


def _ingress(view: _View, policy: NetworkPolicy) -> Iterator[_Opened]:
    pods = view.known(policy.namespace, policy.selector)
    for index, rule in enumerate(policy.ingress or ()):
        yield _Opened(rule, f"spec.ingress[{index}]", pods)


def _egress(view: _View, policy: NetworkPolicy) -> Iterator[_Opened]:
    for index, rule in enumerate(policy.egress or ()):
        groups = [_peers(view, policy, peer) for peer in rule.peers]
        if all(groups):
            yield _Opened(rule, f"spec.egress[{index}]", [pod for group in groups for pod in group])


def _peers(view: _View, policy: NetworkPolicy, peer: Peer) -> Sequence[Pod]:
    """Return the pods of a peer; none where it is for addresses, or for pods that are not here."""
    if peer.range is not None:
        return ()
    if peer.namespaces is None:
        return view.known(policy.namespace, peer.pods)
    groups = [view.known(name, peer.pods) for name in view.pods if view.stack.lies_in(name, peer.namespaces)]
    return [pod for group in groups for pod in group] if all(groups) else ()


def _is_declared(port: PortRule, pod: Pod) -> bool:
    if port.name is not None:
        return any((one.name, one.protocol) == (port.name, port.protocol) for one in pod.ports)
    if (port.first, port.last) == (1, LAST_PORT) or port.first in _OF_SIDECARS:
        return True
    return any(port.covers(Socket(one.protocol, one.number)) for one in pod.ports)


def _described(stack: StackIndex, port: PortRule, pods: Sequence[Pod]) -> str:
    asked = port.name or (str(port.first) if port.first == port.last else f"{port.first} to {port.last}")
    declared = sorted({f"{one.name} {one.number}/{one.protocol}".strip() for pod in pods for one in pod.ports})
    text = f"no selected pod declares {asked!r}/{port.protocol}, only {', '.join(declared)}"
    service = next(_services(stack, port, pods), None)
    if service is None:
        return text
    return f"{text}; {asked} is a port of Service {service.name}, and NetworkPolicies are for those of containers"


def _services(stack: StackIndex, port: PortRule, pods: Sequence[Pod]) -> Iterator[Object]:
    """Yield the Services of the pods with a port of that number or name."""
    for service in stack.of_kind("Service"):
        wanted = Selector(frozenset(service.node.at("spec", "selector").texts().items()))
        leads = any(wanted) and any(pod.namespace == service.namespace and wanted.matches(pod.labels) for pod in pods)
        for one in service.node.at("spec", "ports").items() if leads else ():
            if port.name == one.at("name").text() if port.name else one.at("port").integer() == port.first:
                yield service


POLICIES = (
    StackPolicy(
        name="policy-ports-declared", title="NetworkPolicies open ports that pods declare",
        severity=Severity.HIGH, tags=("NSA-2", "reliability"), group=CONSISTENCY, predicate=policy_ports,
        why="A rule for a port on which nobody listens opens nothing, so that the connection it is for fails: network "
        "plugins see the ports of containers, behind those of Services.",
        remedy="Write the number or name of a container's port, as targetPort says it, or declare the port in ports of "
        "the container.",
    ),
)  # fmt: skip
