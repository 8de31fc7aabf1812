"""Quotas against the workloads beside them: what all their pods ask, at the least and at the most."""

from collections import defaultdict
from collections.abc import Iterator
from math import ceil
from typing import NamedTuple

from quadrant_platform.policies.core import Finding, Level, Node, Object, Severity, StackIndex, StackPolicy
from quadrant_platform.policies.core.policy import ADVICE, CONSISTENCY
from quadrant_platform.policies.rules.workloads.autoscalers import REPLICAS, REPLICATED, least_copies, scalers_of
from quadrant_platform.policies.rules.workloads.pod_sizes import NEARLY, PodSizes, sized_pods
from quadrant_platform.quantities import written

_REQUESTED = frozenset({"cpu", "memory", "ephemeral-storage"})
"""Resources that a quota may name without a prefix, for their requests."""
_PODS = frozenset({"pods", "count/pods"})
_SURGE = "25%"
"""The share of further pods in an update where none is stated."""


class _Share(NamedTuple):
    """What one pod of a workload asks, and how many there are: at rest, and at the most while it is updated."""

    sizes: PodSizes
    least: int
    most: int


def _shares(stack: StackIndex) -> dict[str, list[_Share]]:
    """Return what the workloads of each namespace ask; how many pods a DaemonSet has is not known."""
    scalers = {scaler.target: scaler for scaler in scalers_of(stack)}
    scaled, found = {key: one.least for key, one in scalers.items()}, defaultdict[str, list[_Share]](list)
    for pod, sizes in sized_pods(stack):
        obj = pod.workload
        if obj.kind in REPLICATED:
            least = least_copies(obj, scaled)
            scaler = scalers.get((obj.kind, obj.namespace, obj.name))
            most = max(least, scaler.most or 0) if scaler else least
            found[obj.namespace].append(_Share(sizes, least, most + _surge(obj, most)))
        elif obj.kind in {"Pod", "Job", "CronJob"}:
            runs = 1 if obj.kind == "Pod" else _parallel(obj)
            found[obj.namespace].append(_Share(sizes, 0 if obj.kind == "CronJob" else runs, runs))
    return found


def _parallel(obj: Object) -> int:
    spec = obj.node.at("spec", *(("jobTemplate", "spec") if obj.kind == "CronJob" else ()))
    wanted, complete = (spec.at(key).integer() for key in ("parallelism", "completions"))
    runs = 1 if wanted is None else wanted
    return runs if complete is None else min(runs, complete)


def _surge(obj: Object, copies: int) -> int:
    """Return how many pods an update adds: all of them where it makes a second set first."""
    strategy = obj.node.at("spec", "strategy")
    if obj.kind == "Rollout" and strategy.at("blueGreen").present():
        return copies
    if obj.kind not in {"Deployment", "Rollout"} or strategy.at("type").text() == "Recreate":
        return 0
    return _further(strategy.at("canary" if obj.kind == "Rollout" else "rollingUpdate", "maxSurge"), copies)


def _further(node: Node, copies: int) -> int:
    value = node.scalar()
    if isinstance(value, int):
        return value
    text = str(_SURGE if value is None else value).removesuffix("%")
    return ceil(copies * int(text) / 100) if text.isascii() and text.isdigit() else 0


def _quotas(stack: StackIndex) -> Iterator[tuple[Object, list[_Share]]]:
    """Yield the quotas that are for all pods of a namespace, with what these ask; a scope is for some."""
    shares = _shares(stack) if stack.of_kind("ResourceQuota") else {}
    for obj in stack.of_kind("ResourceQuota"):
        spec = obj.node.at("spec")
        if not spec.at("scopeSelector").present() and not any(True for _ in spec.at("scopes").items()):
            yield obj, shares.get(obj.namespace, [])


def _asked(share: _Share, resource: str) -> float:
    if resource in _PODS:
        return 1
    side, _, name = f"requests.{resource}".partition(".") if resource in _REQUESTED else resource.partition(".")
    total = share.sizes.total
    return {"requests": total.requests, "limits": total.limits}.get(side, {}).get(name, 0)


def quota_holds_workloads(stack: StackIndex) -> Iterator[Finding]:
    """Check that a quota is enough for the pods that run when nothing is updated or scaled up."""
    for obj, shares in _quotas(stack):
        if lacking := _exceeded(obj, [(share, share.least) for share in shares]):
            text = f"its workloads ask for {', '.join(lacking.values())}: some of their pods never start"
            yield Finding(text, "", obj)


def quota_holds_peaks(stack: StackIndex) -> Iterator[Finding]:
    """Check that a quota leaves room for all that autoscalers may add, and for the further pods of an update."""
    for obj, shares in _quotas(stack):
        at_rest = _exceeded(obj, [(share, share.least) for share in shares])
        at_most = _exceeded(obj, [(share, share.most) for share in shares])
        if lacking := [text for resource, text in at_most.items() if resource not in at_rest]:
            text = f"scaled up and in an update, its workloads ask for {', '.join(lacking)}: there they stop"
            yield Finding(text, "", obj)


def _exceeded(obj: Object, counted: list[tuple[_Share, int]]) -> dict[str, str]:
    """Return what all ask above the quota: in words, by resource."""
    found = dict[str, str]()
    for resource, node in obj.node.at("spec", "hard").entries():
        asked = sum(_asked(share, resource) * number for share, number in counted)
        if asked > node.quantity() * NEARLY:
            found[resource] = f"{written(asked, resource)} of {resource}, which is {node.scalar()}"
    return found


_REMEDY = "Raise the quota, or lower the requests, the copies or the autoscaler's maximum."
POLICIES = (
    StackPolicy(
        name="quota-holds-workloads", title="A quota is enough for the workloads of its namespace",
        severity=Severity.HIGH, tags=("availability",), group=CONSISTENCY, predicate=quota_holds_workloads,
        filled=(REPLICAS,),
        why="The API server accepts the workloads and refuses the pods above the quota, so that some never start.",
        remedy=_REMEDY,
    ),
    StackPolicy(
        name="quota-holds-peaks", title="A quota leaves room for autoscalers and updates", level=Level.ADVISORY,
        severity=Severity.MEDIUM, tags=("availability",), group=ADVICE, predicate=quota_holds_peaks,
        filled=(REPLICAS,),
        why="An autoscaler that meets the quota stops in silence under the load that it is for, and an update that "
        "may not add a pod before it takes one away waits for ever.",
        remedy=_REMEDY,
    ),
)  # fmt: skip
