"""The availability of workloads: disruption budgets, autoscalers, copies and their spread over nodes."""

from collections.abc import Iterator
from math import ceil

from quadrant_platform.policies.core import Finding, Level, Node, Object, Severity, StackIndex, StackPolicy
from quadrant_platform.policies.core.access import InvalidError
from quadrant_platform.policies.core.network_reads import selector_of
from quadrant_platform.policies.core.policy import ADVICE, CONSISTENCY, OPERATIONS, FilledField
from quadrant_platform.policies.core.workload_pods import WorkloadPod
from quadrant_platform.vocabulary import TIER_LABEL

_REPLICATED = frozenset({"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController", "Rollout"})
_SERVING = frozenset({"Deployment", "Rollout", "ReplicaSet", "ReplicationController"})
"""Kinds whose copies are all alike. Those of a StatefulSet differ by its program, often with one primary."""
_SPREAD = _SERVING | {"StatefulSet"}
REPLICAS = FilledField("spec.replicas", _REPLICATED)
_DEV = "dev"


def pdb_and_hpa(stack: StackIndex) -> Iterator[Finding]:
    """Check that workloads of several pods have a budget that lets one go, and autoscalers a target to scale."""
    for scaler in stack.of_kind("HorizontalPodAutoscaler"):
        yield from _scaler(stack, scaler)
    scaled = autoscaled(stack)
    least = {pod.workload: least_copies(pod.workload, scaled) for pod in stack.pods if pod.workload.kind in _REPLICATED}
    budgeted = set[Object]()
    for budget in stack.of_kind("PodDisruptionBudget"):
        selected = {pod.workload for pod in stack.pods if _guards(budget, pod)}
        budgeted |= selected
        yield from _budget(stack, budget, selected, least)
    for obj, number in least.items():
        if number > 1 and obj not in budgeted:
            yield Finding(f"it has {number} pods and no PodDisruptionBudget", "budget", obj)


def _budget(stack: StackIndex, budget: Object, selected: set[Object], least: dict[Object, int]) -> Iterator[Finding]:
    if not selected and not _made_elsewhere(stack, budget):
        yield Finding("it selects no pod", "selector", budget)
    if selected and selected <= least.keys():
        yield from _drains(budget, sum(least[obj] for obj in selected))


def _target(scaler: Object) -> tuple[str, str, str]:
    target = scaler.node.at("spec", "scaleTargetRef")
    return target.at("kind").text(), scaler.namespace, target.at("name").text()


def autoscaled(stack: StackIndex) -> dict[tuple[str, str, str], int]:
    """Return the fewest copies that autoscalers leave, by kind, namespace and name of the workload."""
    scalers = stack.of_kind("HorizontalPodAutoscaler")
    return {_target(scaler): scaler.node.at("spec", "minReplicas").integer() or 1 for scaler in scalers}


def least_copies(obj: Object, scaled: dict[tuple[str, str, str], int]) -> int:
    """Return how many pods the workload has at the least."""
    replicas = obj.node.at("spec", "replicas").integer()
    return scaled.get((obj.kind, obj.namespace, obj.name), 1 if replicas is None else replicas)


def _scaler(stack: StackIndex, scaler: Object) -> Iterator[Finding]:
    spec, key = scaler.node.at("spec"), _target(scaler)
    least, most = spec.at("minReplicas").integer() or 1, spec.at("maxReplicas").integer()
    target = stack.by_name.get(key)
    if target is not None and _states_replicas(target):
        message = f"{target.identity} fixes spec.replicas, so that each deployment undoes the autoscaler"
        yield Finding(message, "replicas", scaler)
    if least < stack.config.least_replicas:
        yield Finding(f"spec.minReplicas is {least}, less than {stack.config.least_replicas}", "least", scaler)
    if most is not None and most < least:
        yield Finding(f"spec.maxReplicas {most} is less than spec.minReplicas {least}", "range", scaler)


def _states_replicas(obj: Object) -> bool:
    return not REPLICAS.is_unsaid(obj) and obj.node.at("spec", "replicas").integer() is not None


def _guards(budget: Object, pod: WorkloadPod) -> bool:
    wanted = budget.node.at("spec", "selector")
    if budget.namespace != pod.workload.namespace or not wanted.present():
        return False
    return selector_of(wanted).matches(pod.labels)


def _made_elsewhere(stack: StackIndex, budget: Object) -> bool:
    """Return whether its pods may be others: an operator's, or those of manifests that are not here."""
    namespace = budget.namespace
    selector = selector_of(budget.node.at("spec", "selector"))
    return stack.may_be_made(selector, namespace) or not any(pod.workload.namespace == namespace for pod in stack.pods)


def _drains(budget: Object, pods: int) -> Iterator[Finding]:
    spec = budget.node.at("spec")
    least, most = spec.at("minAvailable"), spec.at("maxUnavailable")
    if not least.present() and not most.present():
        yield Finding("spec sets neither minAvailable nor maxUnavailable, which lets all pods go", "amount", budget)
    if least.present() and pods > 0 and _amount(least, pods) >= pods:
        yield Finding(f"spec.minAvailable {least.value} of {pods} pods lets none go", "drain", budget)
    if most.present() and pods > 0 and _amount(most, pods) < 1:
        yield Finding(f"spec.maxUnavailable {most.value} of {pods} pods lets none go", "drain", budget)


def _amount(node: Node, pods: int) -> int:
    """Return a number of pods, or a share of them, which Kubernetes rounds up."""
    value = node.scalar()
    if isinstance(value, int):
        return value
    text = str(value).removesuffix("%")
    if not (isinstance(value, str) and value.endswith("%") and text.isascii() and text.isdigit()):
        raise InvalidError(node, "neither a number of pods nor a percentage")
    return ceil(pods * int(text) / 100)


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
    known = _states_replicas(obj) or stack.is_complete(obj.namespace, "HorizontalPodAutoscaler")
    return copies == 1 and obj.kind in _SERVING and known


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
        name="pdb-and-hpa-consistent", title="Disruption budgets and autoscalers fit their workloads",
        severity=Severity.HIGH, tags=("availability",), group=CONSISTENCY, predicate=pdb_and_hpa,
        filled=(REPLICAS,),
        why="Without a budget a drain takes all pods at once; with one that lets none go it never ends; and an "
        "autoscaler that is overruled, aimless or alone scales nothing.",
        remedy="Give workloads of several pods a PodDisruptionBudget with maxUnavailable 1, leave replicas out where "
        "an autoscaler scales, and let it keep two pods.",
    ),
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
