"""Copies of a workload: their number, and their spread over nodes."""

from __future__ import annotations

from collections.abc import Iterator

from quadrant_platform.policies.configuration.levels import Level
from quadrant_platform.policies.core.groups import ADVICE, OPERATIONS
from quadrant_platform.policies.core.index import StackIndex
from quadrant_platform.policies.core.objects import Object
from quadrant_platform.policies.core.policy import Finding, Severity, StackPolicy
from quadrant_platform.policies.core.workload_pods import WorkloadPod
from quadrant_platform.policies.rules.workloads.disruption import autoscaled, least_copies
from quadrant_platform.vocabulary import TIER_LABEL

_SERVING = frozenset({"Deployment", "Rollout", "ReplicaSet", "ReplicationController"})
"""Kinds whose copies are all alike. Those of a StatefulSet differ by its program, often with one primary."""
_SPREAD = _SERVING | {"StatefulSet"}
_DEV = "dev"


def _is_spread(pod: WorkloadPod) -> bool:
    rules = pod.spec.at("affinity", "podAntiAffinity")
    kinds = ("requiredDuringSchedulingIgnoredDuringExecution", "preferredDuringSchedulingIgnoredDuringExecution")
    nodes = [pod.spec.at("topologySpreadConstraints"), *(rules.at(kind) for kind in kinds)]
    return any(True for node in nodes for _ in node.items())


def _judged(stack: StackIndex, *, critical: bool) -> Iterator[WorkloadPod]:
    """Yield the pods of the critical tiers, or all others; in development a stack has one copy of each."""
    development = {name for matrix in stack.matrices if matrix.environment == _DEV for name in matrix.namespaces}
    for pod in stack.pods:
        is_critical = pod.labels.get(TIER_LABEL) in stack.config.critical_tiers
        if pod.workload.kind in _SPREAD and pod.workload.namespace not in development and is_critical is critical:
            yield pod


def _is_single(stack: StackIndex, obj: Object, copies: int) -> bool:
    """Return whether one copy is all; where none are stated, an autoscaler may be in other manifests."""
    stated = obj.node.at("spec", "replicas").present()
    return (
        copies == 1 and obj.kind in _SERVING and (stated or stack.is_complete(obj.namespace, "HorizontalPodAutoscaler"))
    )


def _lacking(stack: StackIndex, *, critical: bool) -> Iterator[Finding]:
    scaled = autoscaled(stack)
    for pod in _judged(stack, critical=critical):
        obj = pod.workload
        copies = least_copies(obj, scaled)
        if _is_single(stack, obj, copies):
            yield Finding("it runs one copy, so that it stops with its node", "replicas", obj)
        if copies > 1 and not _is_spread(pod):
            yield Finding(f"nothing keeps its {copies} copies on different nodes", "spread", obj)


def replicas_and_spread(stack: StackIndex) -> Iterator[Finding]:
    """Check that workloads run two copies or more, on different nodes."""
    yield from _lacking(stack, critical=False)


def critical_replicas_and_spread(stack: StackIndex) -> Iterator[Finding]:
    """Check that workloads of the critical tiers run two copies or more, on different nodes."""
    yield from _lacking(stack, critical=True)


_WHY = "One copy is an outage whenever its node is drained, and copies on one node die together."
_REMEDY = "Set replicas, or an autoscaler's minReplicas, to 2 or more, and topologySpreadConstraints over nodes."

POLICIES = (
    StackPolicy(
        name="replicas-and-spread", title="Workloads run several copies on several nodes", level=Level.ADVISORY,
        severity=Severity.MEDIUM, tags=("reliability",), group=ADVICE, predicate=replicas_and_spread,
        why=_WHY, remedy=_REMEDY,
    ),
    StackPolicy(
        name="critical-replicas-and-spread", title="Critical workloads run several copies on several nodes",
        severity=Severity.HIGH, tags=("reliability",), group=OPERATIONS, predicate=critical_replicas_and_spread,
        why=_WHY, remedy=f"{_REMEDY} The tier is the label {TIER_LABEL}; criticalTiers names the critical ones.",
    ),
)  # fmt: skip
