"""Disruption budgets and autoscalers: they exist, fit each other, and fit their workload."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from quadrant_platform.policies.core.access import InvalidError, Node
from quadrant_platform.policies.core.groups import CONSISTENCY
from quadrant_platform.policies.core.index import StackIndex
from quadrant_platform.policies.core.network_shapes import parsed_selector
from quadrant_platform.policies.core.objects import Object
from quadrant_platform.policies.core.policy import Finding, Severity, StackPolicy
from quadrant_platform.policies.core.workload_pods import WorkloadPod

_REPLICATED = frozenset({"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController", "Rollout"})


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
    if target is None and stack.is_complete(scaler.namespace, key[0]):
        yield Finding(f"its target {key[0]} {key[2]} does not exist", "target", scaler)
    if target is not None and target.node.at("spec", "replicas").integer() is not None:
        message = f"{target.identity} fixes spec.replicas, so that each deployment undoes the autoscaler"
        yield Finding(message, "replicas", scaler)
    if least < stack.config.least_replicas:
        yield Finding(f"spec.minReplicas is {least}, less than {stack.config.least_replicas}", "least", scaler)
    if most is not None and most < least:
        yield Finding(f"spec.maxReplicas {most} is less than spec.minReplicas {least}", "range", scaler)


def _guards(budget: Object, pod: WorkloadPod) -> bool:
    wanted = budget.node.at("spec", "selector")
    if budget.namespace != pod.workload.namespace or not wanted.present():
        return False
    return parsed_selector(wanted).matches(pod.labels)


def _made_elsewhere(stack: StackIndex, budget: Object) -> bool:
    """Return whether its pods may be others: an operator's, or those of manifests that are not here."""
    namespace = budget.namespace
    shape = parsed_selector(budget.node.at("spec", "selector"))
    peers = (peer for matrix in stack.matrices for peer in matrix.shape["peers"].values())
    made = any(peer["namespace"] == namespace and shape.matches(peer["labels"]) for peer in peers)
    return made or not any(pod.workload.namespace == namespace for pod in stack.pods)


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


POLICIES = (
    StackPolicy(
        name="pdb-and-hpa-consistent", title="Disruption budgets and autoscalers fit their workloads",
        severity=Severity.HIGH, tags=("availability",), group=CONSISTENCY, predicate=pdb_and_hpa,
        why="Without a budget a drain takes all pods at once; with one that lets none go it never ends; and an "
        "autoscaler that is overruled, aimless or alone scales nothing.",
        remedy="Give workloads of several pods a PodDisruptionBudget with maxUnavailable 1, leave replicas out where "
        "an autoscaler scales, and let it keep two pods.",
    ),
)  # fmt: skip
