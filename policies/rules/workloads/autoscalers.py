"""Autoscalers: what each scales, within which bounds, and whether two of them pull at one workload."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from quadrant_platform.policies.core import Finding, Node, Object, StackIndex
from quadrant_platform.policies.core.policy import FilledField
from quadrant_platform.policies.core.workload_pods import WorkloadPod

REPLICATED = frozenset({"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController", "Rollout"})
"""The kinds that an autoscaler may scale."""
REPLICAS = FilledField("spec.replicas", REPLICATED)
_MEASURED = frozenset({"cpu", "memory"})
"""The resources that both an autoscaler of copies and one of sizes go by."""
_KEDA, _VPA = "keda.sh", "autoscaling.k8s.io"
_KEDA_MOST = 100
"""The most copies where a ScaledObject names no number."""
_TAKEN_OVER = "scaledobject.keda.sh/transfer-hpa-ownership"

Key = tuple[str, str, str]
"""Kind, namespace and name."""


class Scaler(NamedTuple):
    """An autoscaler of copies: what it scales, how far, and by the use of which resources."""

    obj: Object
    target: Key
    least: int
    most: int | None
    resources: frozenset[str]


def scalers_of(stack: StackIndex) -> tuple[Scaler, ...]:
    """Return the autoscalers of copies, save those that a ScaledObject takes over or makes."""
    scaled = [one for one in stack.of_kind("ScaledObject") if one.group == _KEDA]
    taken = {(one.namespace, _adopted(one)) for one in scaled if one.annotations.at(_TAKEN_OVER).text() == "true"}
    listed = (one for one in stack.of_kind("HorizontalPodAutoscaler") if not one.is_owned)
    own = [one for one in listed if (one.namespace, one.name) not in taken]
    return (*map(_horizontal, own), *map(_by_events, scaled))


def _adopted(scaled: Object) -> str:
    own = scaled.node.at("spec", "advanced", "horizontalPodAutoscalerConfig", "name").text()
    return own or f"keda-hpa-{scaled.name}"


def _target(obj: Object, field: str) -> Key:
    target = obj.node.at("spec", field)
    return target.at("kind").text() or "Deployment", obj.namespace, target.at("name").text()


def _horizontal(obj: Object) -> Scaler:
    spec = obj.node.at("spec")
    least, most = spec.at("minReplicas").integer() or 1, spec.at("maxReplicas").integer()
    return Scaler(obj, _target(obj, "scaleTargetRef"), least, most, frozenset(_measures(spec)))


def _measures(spec: Node) -> Iterator[str]:
    """Yield the resources that it goes by: CPU where it names no metric."""
    metrics = tuple(spec.at("metrics").items())
    if not metrics:
        yield "cpu"
    for metric in metrics:
        yield from (metric.at(kind, "name").text() for kind in ("resource", "containerResource"))


def _by_events(obj: Object) -> Scaler:
    spec = obj.node.at("spec")
    most = spec.at("maxReplicaCount").integer()
    kinds = frozenset(trigger.at("type").text() for trigger in spec.at("triggers").items())
    least = spec.at("minReplicaCount").integer() or 0
    return Scaler(obj, _target(obj, "scaleTargetRef"), least, _KEDA_MOST if most is None else most, kinds)


def autoscaled(stack: StackIndex) -> dict[Key, int]:
    """Return the fewest copies that autoscalers leave, by kind, namespace and name of the workload."""
    return {scaler.target: scaler.least for scaler in scalers_of(stack)}


def least_copies(obj: Object, scaled: dict[Key, int]) -> int:
    """Return how many pods the workload has at the least."""
    replicas = obj.node.at("spec", "replicas").integer()
    return scaled.get((obj.kind, obj.namespace, obj.name), 1 if replicas is None else replicas)


def states_replicas(obj: Object) -> bool:
    """Return whether the manifest itself fixes the number of copies."""
    return not REPLICAS.is_unsaid(obj) and obj.node.at("spec", "replicas").integer() is not None


def autoscaler_findings(stack: StackIndex) -> Iterator[Finding]:
    """Yield autoscalers without room, and those that others overrule."""
    scalers = scalers_of(stack)
    for scaler in scalers:
        yield from _judged(stack, scaler)
    yield from _rivals(stack, scalers)


def _judged(stack: StackIndex, scaler: Scaler) -> Iterator[Finding]:
    target = stack.by_name.get(scaler.target)
    if target is not None and states_replicas(target):
        message = f"{target.identity} fixes spec.replicas, so that each deployment undoes the autoscaler"
        yield Finding(message, "replicas", scaler.obj)
    if scaler.obj.kind == "HorizontalPodAutoscaler" and scaler.least < stack.config.least_replicas:
        message = f"spec.minReplicas is {scaler.least}, less than {stack.config.least_replicas}"
        yield Finding(message, "least", scaler.obj)
    if scaler.most is not None and scaler.most < scaler.least:
        what = "spec.maxReplicas {} is less than spec.minReplicas {}"
        if scaler.obj.kind == "ScaledObject":
            what = "spec.maxReplicaCount {} is less than spec.minReplicaCount {}"
        yield Finding(what.format(scaler.most, scaler.least), "range", scaler.obj)


def _rivals(stack: StackIndex, scalers: tuple[Scaler, ...]) -> Iterator[Finding]:
    """Yield autoscalers that share a target: of copies, of sizes, and of both by the same resource."""
    by_target, sizers = defaultdict[Key, list[Scaler]](list), _sizers(stack)
    for scaler in scalers:
        by_target[scaler.target].append(scaler)
    for group in (*([one.obj for one in some] for some in by_target.values()), *sizers.values()):
        yield from _alike(group)
    for target in by_target.keys() & sizers.keys():
        for obj in sizers[target]:
            yield from _by_shares(by_target[target], obj, _sized(stack, obj, target))


def _sizers(stack: StackIndex) -> dict[Key, list[Object]]:
    """Return the autoscalers that change the sizes of containers, by their targets."""
    found = defaultdict[Key, list[Object]](list)
    for obj in stack.of_kind("VerticalPodAutoscaler"):
        if obj.group == _VPA and obj.node.at("spec", "updatePolicy", "updateMode").text() != "Off":
            found[_target(obj, "targetRef")].append(obj)
    return found


def _alike(group: list[Object]) -> Iterator[Finding]:
    """Yield the second of two autoscalers of one sort; one that two files have is another policy's concern."""
    for first, second in pairwise({obj.identity: obj for obj in group}.values()):
        if first.is_beside(second):
            yield Finding(f"{first.identity} scales the same target: they undo each other", "two-autoscalers", second)


def _by_shares(scalers: list[Scaler], sizer: Object, sized: frozenset[str]) -> Iterator[Finding]:
    """Yield an autoscaler of sizes that sets the requests by whose share others scale."""
    for scaler in scalers:
        if scaler.obj.is_beside(sizer) and (both := sorted(scaler.resources & sized & _MEASURED)):
            what = f"it sets the requests of {' and '.join(both)}, by whose share {scaler.obj.identity} scales"
            yield Finding(f"{what}: they undo each other", "two-autoscalers", sizer)


def _sized(stack: StackIndex, obj: Object, target: Key) -> frozenset[str]:
    """Return the resources that an autoscaler of sizes sets, of any container of its target."""
    policies = {one.at("containerName").text(): one
                for one in obj.node.at("spec", "resourcePolicy", "containerPolicies").items()}  # fmt: skip
    pods = (pod for pod in stack.pods if _key(pod) == target)
    names = [one.name for pod in pods for one in pod.main_containers] or [*policies, "*"]
    chosen = [policies.get(name, policies.get("*")) for name in names]
    return frozenset[str]().union(*(_controlled(one) for one in chosen))


def _key(pod: WorkloadPod) -> Key:
    return pod.workload.kind, pod.workload.namespace, pod.workload.name


def _controlled(policy: Node | None) -> frozenset[str]:
    if policy is None:
        return _MEASURED
    if policy.at("mode").text() == "Off":
        return frozenset()
    return frozenset(one.text() for one in policy.at("controlledResources").items()) or _MEASURED
