"""Rules that keep the copies of a workload apart, and whose pods they count."""

from collections.abc import Iterator
from typing import NamedTuple

from quadrant_platform.policies.core import Node, StackIndex
from quadrant_platform.policies.core.network_reads import selector_of
from quadrant_platform.policies.core.workload_pods import LONG_RUNNING, WorkloadPod
from quadrant_platform.policies.rules.workloads.applications import ADDED, is_one_application, selects_template
from quadrant_platform.reachability import Selector

_TERMS = {
    "requiredDuringSchedulingIgnoredDuringExecution": (),
    "preferredDuringSchedulingIgnoredDuringExecution": ("podAffinityTerm",),
}
"""The lists of anti-affinity, and where an entry has its term."""
_NOBODY = Selector(frozenset({("", "")}))
"""What a rule without a selector selects: no pod."""


class SpreadRule(NamedTuple):
    """A topology spread constraint, or a term of anti-affinity."""

    node: Node
    selector: Selector
    is_own: bool
    """Whether it keeps the pods of the workload from each other."""
    is_idle: bool
    """Whether it does nothing: it counts nobody, or is a constraint on the pods of others."""
    reason: str
    """Why it does not keep the copies apart."""


def spread_rules(stack: StackIndex, pod: WorkloadPod) -> tuple[SpreadRule, ...]:
    """Return the rules of a pod: spread constraints, and anti-affinity."""
    constraints = (_rule(stack, pod, node, of_namespace=True) for node in _constraints(pod))
    terms = (
        _rule(stack, pod, item.at(*below), of_namespace=_is_here(stack, pod, item.at(*below)))
        for kind, below in _TERMS.items()
        for item in pod.spec.at("affinity", "podAntiAffinity", kind).items()
    )
    return (*(rule._replace(is_idle=not rule.is_own) for rule in constraints), *terms)


def _constraints(pod: WorkloadPod) -> Iterator[Node]:
    return pod.spec.at("topologySpreadConstraints").items()


def _is_here(stack: StackIndex, pod: WorkloadPod, term: Node) -> bool:
    """Return whether a term is for the pod's own namespace, as it is unless it names others."""
    names = {node.text() for node in term.at("namespaces").items()}
    chosen, own = term.at("namespaceSelector"), pod.workload.namespace
    if own in names or (not names and not chosen.present()):
        return True
    return chosen.present() and stack.lies_in(own, selector_of(chosen))


def _rule(stack: StackIndex, pod: WorkloadPod, node: Node, *, of_namespace: bool) -> SpreadRule:
    given, space = node.at("labelSelector"), pod.workload.namespace
    if not given.present():
        return SpreadRule(node, _NOBODY, False, True, f"{node.path} has no labelSelector, so that it counts no pod")
    selector = selector_of(given)
    differing = {key.text() for key in node.at("mismatchLabelKeys").items()}
    if not of_namespace:
        return SpreadRule(node, selector, False, False, f"{node.path} is for pods of other namespaces")
    own = selects_template(selector, pod) and differing.isdisjoint(ADDED | pod.labels.keys())
    counted = ", ".join(
        sorted({one.workload.identity for one in stack.pods_beside(pod.workload) if selects_template(selector, one)})
    )
    unknown = counted or stack.may_be_made(selector, space) or not stack.is_complete(space)
    reason = f"{node.path} counts the pods of {counted}" if counted else f"{node.path} matches the labels of no pod"
    return SpreadRule(node, selector, own, not own and not unknown, reason)


def others_counted(stack: StackIndex, pod: WorkloadPod) -> Iterator[tuple[str, list[str]]]:
    """Yield the constraints that count other applications beside the workload's own pods, and these."""
    for node in _constraints(pod):
        same = {key.text() for key in node.at("matchLabelKeys").items()}
        given = node.at("labelSelector")
        if not given.present() or not same.isdisjoint(ADDED) or not selects_template(selector_of(given), pod):
            continue
        pods = [
            one for one in stack.pods_beside(pod.workload)
            if one.workload.kind in LONG_RUNNING and selects_template(selector_of(given), one)
            and all(one.labels.get(key) == pod.labels[key] for key in same & pod.labels.keys())
            and not is_one_application([pod, one])
        ]  # fmt: skip
        if pods:
            yield node.path, sorted({one.workload.identity for one in pods})
