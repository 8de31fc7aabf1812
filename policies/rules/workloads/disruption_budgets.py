"""Disruption budgets: whether each selects pods and lets one go, and whether two share a pod."""

from collections.abc import Iterator
from itertools import combinations
from math import ceil

from quadrant_platform.policies.core import Finding, Node, Object, Severity, StackIndex, StackPolicy
from quadrant_platform.policies.core.access import InvalidError
from quadrant_platform.policies.core.made_objects import MadePods
from quadrant_platform.policies.core.network_reads import selector_of
from quadrant_platform.policies.core.policy import CONSISTENCY
from quadrant_platform.policies.core.workload_pods import WorkloadPod
from quadrant_platform.policies.rules.workloads.autoscalers import (
    REPLICAS,
    REPLICATED,
    autoscaled,
    autoscaler_findings,
    least_copies,
)

_UNCOUNTED = frozenset({"Pod", "Job", "CronJob", "DaemonSet"})
"""Kinds whose wanted number of pods Kubernetes does not ask when it works out a budget."""


def pdb_and_hpa(stack: StackIndex) -> Iterator[Finding]:
    """Check that workloads of several pods have one budget that lets one go, and autoscalers a target of their own."""
    yield from autoscaler_findings(stack)
    scaled = autoscaled(stack)
    least = {pod.workload: least_copies(pod.workload, scaled) for pod in stack.pods if pod.workload.kind in REPLICATED}
    chosen = {budget: {pod.workload for pod in stack.pods_beside(budget) if _guards(budget, pod)}
              for budget in stack.of_kind("PodDisruptionBudget")}  # fmt: skip
    for budget, selected in chosen.items():
        if not selected and not _made_elsewhere(stack, budget):
            yield Finding("it selects no pod", "selector", budget)
        yield from _drains(budget, selected, least)
    budgeted = frozenset[Object]().union(*chosen.values())
    for obj, number in least.items():
        if number > 1 and obj not in budgeted:
            yield Finding(f"it has {number} pods and no PodDisruptionBudget", "budget", obj)
    yield from _shared(stack, chosen)


def _guards(budget: Object, pod: WorkloadPod) -> bool:
    wanted = budget.node.at("spec", "selector")
    return wanted.present() and selector_of(wanted).matches(pod.labels)


def _made_elsewhere(stack: StackIndex, budget: Object) -> bool:
    """Return whether its pods may be others: an operator's, or those of manifests that are not here."""
    namespace = budget.namespace
    selector = selector_of(budget.node.at("spec", "selector"))
    return stack.may_be_made(selector, namespace) or not stack.pods_beside(budget)


def _drains(budget: Object, selected: set[Object], least: dict[Object, int]) -> Iterator[Finding]:
    """Yield what keeps every pod: all or none by whatever number, or a share of pods that nobody counts."""
    spec = budget.node.at("spec")
    fewest, most = spec.at("minAvailable"), spec.at("maxUnavailable")
    pods = sum(least[obj] for obj in selected) if selected and selected <= least.keys() else 0
    of_pods = f" of {pods} pods" if pods else ""
    uncounted = sorted(obj.identity for obj in selected if obj.kind in _UNCOUNTED and not obj.is_owned)
    if not fewest.present() and not most.present():
        yield Finding("spec sets neither minAvailable nor maxUnavailable, which lets all pods go", "amount", budget)
    elif fewest.present() and (_is_share(fewest, 100) or 0 < pods <= _amount(fewest, pods)):
        yield Finding(f"spec.minAvailable {fewest.value}{of_pods} lets none go", "drain", budget)
    elif most.present() and _amount(most, pods or 1) < 1:
        yield Finding(f"spec.maxUnavailable {most.value}{of_pods} lets none go", "drain", budget)
    elif uncounted and (most.present() or isinstance(fewest.scalar(), str)):
        message = f"nobody counts the pods that {uncounted[0]} should have: only a number in minAvailable lets any go"
        yield Finding(message, "drain", budget)


def _is_share(node: Node, percent: int) -> bool:
    return isinstance(node.scalar(), str) and _amount(node, 100) >= percent


def _amount(node: Node, pods: int) -> int:
    """Return a number of pods, or a share of them, which Kubernetes rounds up."""
    value = node.scalar()
    if isinstance(value, int):
        return value
    text = str(value).removesuffix("%")
    if not (isinstance(value, str) and value.endswith("%") and text.isascii() and text.isdigit()):
        raise InvalidError(node, "neither a number of pods nor a percentage")
    return ceil(pods * int(text) / 100)


def _shared(stack: StackIndex, chosen: dict[Object, set[Object]]) -> Iterator[Finding]:
    """Yield for each budget the others that guard one of its pods, at the widest of them."""
    made = [pods for one in stack.made for pods in one.pods]
    order = sorted(chosen, key=lambda one: (-len(chosen[one]), _narrowness(one)))
    found = dict[Object, list[str]]()
    for wide, other in combinations(order, 2):
        if wide.identity == other.identity or not wide.is_beside(other):
            continue
        if chosen[wide] & chosen[other] or any(_covers(wide, pods) and _covers(other, pods) for pods in made):
            found.setdefault(wide, []).append(other.name)
    for budget, names in found.items():
        message = f"{', '.join(names)} guards pods of it as well: Kubernetes evicts no pod that has two budgets"
        yield Finding(message, "two-budgets", budget)


def _narrowness(budget: Object) -> int:
    selector = selector_of(budget.node.at("spec", "selector"))
    return len(selector.items) + len(selector.requirements)


def _covers(budget: Object, pods: MadePods) -> bool:
    """Return whether a budget guards pods of an operator, by labels that all are known."""
    selector = selector_of(budget.node.at("spec", "selector"))
    keys = {key for key, _ in selector.items} | {one.key for one in selector.requirements}
    return budget.namespace == pods.namespace and keys <= pods.labels.keys() and selector.matches(pods.labels)


POLICIES = (
    StackPolicy(
        name="pdb-and-hpa-consistent", title="Disruption budgets and autoscalers fit their workloads",
        severity=Severity.HIGH, tags=("availability",), group=CONSISTENCY, predicate=pdb_and_hpa,
        filled=(REPLICAS,),
        why="Without a budget a drain takes all pods at once; with one that lets none go, or with two, it never ends; "
        "and an autoscaler that is overruled, aimless or alone scales nothing.",
        remedy="Give workloads of several pods one PodDisruptionBudget with maxUnavailable 1, and one autoscaler that "
        "keeps two pods; leave replicas out where it scales, and let an autoscaler of sizes set other resources.",
    ),
)  # fmt: skip
