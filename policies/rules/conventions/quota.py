"""What a namespace may take from the cluster."""

from __future__ import annotations

from collections.abc import Iterator

from quadrant_platform.policies.core.index import StackIndex
from quadrant_platform.policies.core.objects import Object
from quadrant_platform.policies.core.policy import Finding, Group, Severity, StackPolicy

GROUP = Group(name="consistency", title="What objects say of each other holds")
_BOUNDS = (("requests.cpu", "cpu"), ("requests.memory", "memory"), ("limits.memory",))
"""What a quota must bound, each under any of its names."""


def namespace_quota(stack: StackIndex) -> Iterator[Finding]:
    """Every namespace of the stack has a quota on CPU and memory, and a range of limits."""
    ranged = {one.namespace for one in stack.of_kind("LimitRange")}
    for obj in stack.of_kind("Namespace"):
        if not obj.name.startswith("kube-"):
            yield from _quota(stack, obj)
            if obj.name not in ranged:
                yield Finding("it has no LimitRange", "limit-range", obj)


def _quota(stack: StackIndex, obj: Object) -> Iterator[Finding]:
    quotas = [one for one in stack.of_kind("ResourceQuota") if one.namespace == obj.name]
    hard = {key for one in quotas for key, _ in one.node.at("spec", "hard").entries()}
    if not quotas:
        yield Finding("it has no ResourceQuota", "quota", obj)
    for names in _BOUNDS if quotas else ():
        if hard.isdisjoint(names):
            yield Finding(f"its ResourceQuota does not bound {names[0]}", "bound", obj)


POLICIES = (
    StackPolicy(
        name="namespace-quota", title="A namespace takes no more than its share",
        severity=Severity.MEDIUM, tags=("NSA-4", "CIS-5.7"), group=GROUP, predicate=namespace_quota,
        why="Without a quota one namespace starves the others, and a pod without limits has none.",
        remedy="Add a ResourceQuota for requests.cpu, requests.memory and limits.memory, and a LimitRange.",
    ),
)  # fmt: skip
