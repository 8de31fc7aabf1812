"""The availability of workloads: their copies and the spread of these over nodes."""

from collections.abc import Iterator

from quadrant_platform.policies.core import Finding, Level, Object, Severity, StackIndex, StackPolicy
from quadrant_platform.policies.core.policy import ADVICE, OPERATIONS
from quadrant_platform.policies.core.workload_pods import WorkloadPod
from quadrant_platform.policies.rules.workloads.autoscalers import REPLICAS, autoscaled, least_copies, states_replicas
from quadrant_platform.policies.rules.workloads.spread import others_counted, spread_rules
from quadrant_platform.vocabulary import TIER_LABEL

_SERVING = frozenset({"Deployment", "Rollout", "ReplicaSet", "ReplicationController"})
"""Kinds whose copies are all alike. Those of a StatefulSet differ by its program, often with one primary."""
_SPREAD = _SERVING | {"StatefulSet"}
_DEV = "dev"


def _judged(stack: StackIndex, *, critical: bool) -> Iterator[WorkloadPod]:
    """Yield the pods of the critical tiers, or all others; in development a stack has one copy of each."""
    development = {name for matrix in stack.matrices if matrix.environment == _DEV for name in matrix.namespaces}
    for pod in stack.pods:
        is_critical = pod.labels.get(TIER_LABEL) in stack.config.critical_tiers
        if pod.workload.kind in _SPREAD and pod.workload.namespace not in development and is_critical is critical:
            yield pod


def _is_single(stack: StackIndex, obj: Object, copies: int) -> bool:
    """Return whether one copy is all; where none are stated, an autoscaler may be in other manifests."""
    known = states_replicas(obj) or stack.is_complete(obj.namespace, "HorizontalPodAutoscaler")
    return copies == 1 and obj.kind in _SERVING and known


def _lacking(stack: StackIndex, *, critical: bool) -> Iterator[Finding]:
    scaled = autoscaled(stack)
    for pod in _judged(stack, critical=critical):
        obj = pod.workload
        copies = least_copies(obj, scaled)
        if _is_single(stack, obj, copies):
            yield Finding("it runs one copy, so that it stops with its node", "replicas", obj)
        yield from _astray(stack, pod, copies)


def _astray(stack: StackIndex, pod: WorkloadPod, copies: int) -> Iterator[Finding]:
    """Yield that copies may share a node, with the rules that miss them; or else the rules that do nothing."""
    rules = spread_rules(stack, pod)
    if copies > 1 and not any(rule.is_own for rule in rules):
        reasons = "".join(f"; {rule.reason}" for rule in rules)
        yield Finding(f"nothing keeps its {copies} copies on different nodes{reasons}", "spread", pod.workload)
    else:
        yield from (Finding(rule.reason, "spread-selector", pod.workload) for rule in rules if rule.is_idle)


def replicas_and_spread(stack: StackIndex) -> Iterator[Finding]:
    """Check that workloads run two copies or more, on different nodes, and spread over their own pods only."""
    yield from _lacking(stack, critical=False)
    for pod in stack.declared_pods:
        for path, others in others_counted(stack, pod):
            message = f"{path} counts the pods of {', '.join(others)} beside its own, which may then share a node"
            yield Finding(message, "spread-selector", pod.workload)


def critical_replicas_and_spread(stack: StackIndex) -> Iterator[Finding]:
    """Check that workloads of the critical tiers run two copies or more, on different nodes."""
    yield from _lacking(stack, critical=True)


_WHY = "One copy is an outage whenever its node is drained, and copies on one node die together."
_REMEDY = (
    "Set replicas, or an autoscaler's minReplicas, to 2 or more, and topologySpreadConstraints over nodes, whose "
    "labelSelector names the labels of the pod's own template."
)

POLICIES = (
    StackPolicy(
        name="replicas-and-spread", title="Workloads run several copies on several nodes", level=Level.ADVISORY,
        severity=Severity.MEDIUM, tags=("reliability",), group=ADVICE, predicate=replicas_and_spread,
        filled=(REPLICAS,),
        why=_WHY, remedy=_REMEDY,
    ),
    StackPolicy(
        name="critical-replicas-and-spread", title="Critical workloads run several copies on several nodes",
        severity=Severity.HIGH, tags=("reliability",), group=OPERATIONS, predicate=critical_replicas_and_spread,
        filled=(REPLICAS,),
        why=_WHY, remedy=f"{_REMEDY} The tier is the label {TIER_LABEL}; criticalTiers names the critical ones.",
    ),
)  # fmt: skip
