"""Ports in NetworkPolicies: those that some selected pod declares."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from quadrant_platform.policies.core import Finding, Object, Severity, StackIndex, StackPolicy
from quadrant_platform.policies.core.index import NetworkPolicyObject
from quadrant_platform.policies.core.policy import CONSISTENCY
from quadrant_platform.reachability import LAST_PORT, NetworkPolicy, Pod, PortRule, Rule, Selector, Socket

_OF_SIDECARS = frozenset({15006, 15008, 15020, 15021, 15090, 4143, 4190, 4191})
"""Ports of Istio's and Linkerd's sidecars, which pods get when they are made."""


class _Opened(NamedTuple):
    """The pods on whose ports a rule is, and the path of the rule."""

    rule: Rule
    path: str
    pods: Sequence[Pod]


def policy_ports(stack: StackIndex) -> Iterator[Finding]:
    """Check that one of the pods that a rule opens declares its port; where all are known and declare theirs.

    A matrix says more exactly what is open, and is compared by other policies.
    """
    for policy in stack.network_policies if not stack.matrices else ():
        for opened in (*_ingress(stack, policy), *_egress(stack, policy.rules)):
            for index, port in enumerate(opened.rule.ports):
                if opened.pods and not any(_is_declared(port, pod) for pod in opened.pods):
                    where = f"{opened.path}.ports[{index}]"
                    yield Finding(f"{where}: {_described(stack, port, opened.pods)}", "port", policy.obj)


def _ingress(stack: StackIndex, policy: NetworkPolicyObject) -> Iterator[_Opened]:
    pods = _known(stack, policy.rules.namespace, policy.rules.selector)
    for index, rule in enumerate(policy.rules.ingress or ()):
        yield _Opened(rule, f"spec.ingress[{index}]", pods)


def _egress(stack: StackIndex, policy: NetworkPolicy) -> Iterator[_Opened]:
    for index, rule in enumerate(policy.egress or ()):
        groups = [_peers(stack, policy, rule, place) for place in range(len(rule.peers))]
        if all(groups):
            yield _Opened(rule, f"spec.egress[{index}]", [pod for group in groups for pod in group])


def _peers(stack: StackIndex, policy: NetworkPolicy, rule: Rule, place: int) -> Sequence[Pod]:
    """Return the pods of a peer; none where it is for addresses, or for pods that are not here."""
    peer = rule.peers[place]
    if peer.range is not None:
        return ()
    if peer.namespaces is None:
        return _known(stack, policy.namespace, peer.pods)
    names = sorted({pod.namespace for pod in stack.labelled_pods if stack.lies_in(pod.namespace, peer.namespaces)})
    groups = [_known(stack, name, peer.pods) for name in names]
    return [pod for group in groups for pod in group] if all(groups) else ()


def _known(stack: StackIndex, namespace: str, selector: Selector) -> Sequence[Pod]:
    """Return the pods of a selector; none where some may be others, or one declares no port."""
    pods = [pod for pod in stack.labelled_pods if pod.namespace == namespace and selector.matches(pod.labels)]
    elsewhere = stack.may_be_made(selector, namespace) or not (any(selector) or stack.is_complete(namespace))
    return () if elsewhere or not all(pod.ports for pod in pods) else pods


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
