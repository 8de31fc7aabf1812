"""LimitRanges against the pods and claims beside them: what the API server refuses for being out of bounds."""

from collections.abc import Iterator
from math import inf

from quadrant_platform.policies.core import Finding, Object, Severity, StackIndex, StackPolicy
from quadrant_platform.policies.core.policy import CONSISTENCY
from quadrant_platform.policies.rules.workloads.pod_sizes import (
    NEARLY,
    LimitRangeItem,
    PodSizes,
    Sizes,
    amounts,
    limit_ranges,
    sized_pods,
)


def limits_in_range(stack: StackIndex) -> Iterator[Finding]:
    """Check that containers, pods and claims are within the LimitRanges of their namespace."""
    ranges = limit_ranges(stack)
    for pod, sizes in sized_pods(stack) if ranges else ():
        for item in ranges.get(pod.workload.namespace, ()):
            yield from _of_pod(pod.workload, sizes, item)
    for claim, where, requests in _claims(stack) if ranges else ():
        items = (item for item in ranges.get(claim.namespace, ()) if item.kind == "PersistentVolumeClaim")
        for item in items:
            yield from _within(claim, where, Sizes(requests, requests), item)


def _of_pod(obj: Object, sizes: PodSizes, item: LimitRangeItem) -> Iterator[Finding]:
    if item.kind == "Pod":
        yield from _within(obj, "its pod", sizes.total, item)
    for container, own in sizes.containers if item.kind == "Container" else ():
        yield from _within(obj, container.where, own, item)
        resources = container.node.at("resources")
        stated = Sizes(amounts(resources.at("requests")), amounts(resources.at("limits")))
        yield from _default(obj, container.where, stated, item)


def _claims(stack: StackIndex) -> Iterator[tuple[Object, str, dict[str, float]]]:
    """Yield the claims and those of StatefulSets' templates, with what each requests."""
    for obj in stack.of_kind("PersistentVolumeClaim"):
        yield obj, "the claim", dict(amounts(obj.node.at("spec", "resources", "requests")))
    for obj in stack.of_kind("StatefulSet"):
        for node in obj.node.at("spec", "volumeClaimTemplates").items():
            where = f"the claim {node.at('metadata', 'name').text()!r}"
            yield obj, where, dict(amounts(node.at("spec", "resources", "requests")))


def _within(obj: Object, where: str, sizes: Sizes, item: LimitRangeItem) -> Iterator[Finding]:
    """Yield the resources outside a range."""
    for field, is_outside in (("max", _is_above), ("min", _is_below), ("maxLimitRequestRatio", _is_far)):
        for key, bound in item.amounts(field).items():
            if is_outside(sizes.requests.get(key, 0), sizes.limits.get(key), bound):
                yield _finding(obj, where, key, field, item)


def _is_above(request: float, limit: float | None, most: float) -> bool:
    return limit is None or max(request, limit) > most * NEARLY


def _is_below(request: float, limit: float | None, least: float) -> bool:
    return min(request, least if limit is None else limit) * NEARLY < least


def _is_far(request: float, limit: float | None, most: float) -> bool:
    return not request or not limit or limit / request > most * NEARLY


def _default(obj: Object, where: str, stated: Sizes, item: LimitRangeItem) -> Iterator[Finding]:
    """Yield requests above the limit that a container is given because it states none."""
    for key, limit in item.amounts("default").items():
        request, most = stated.requests.get(key, 0), item.amounts("max").get(key, inf)
        if key not in stated.limits and limit * NEARLY < request <= most * NEARLY:
            yield _finding(obj, where, key, "default", item)


def _finding(obj: Object, where: str, resource: str, field: str, item: LimitRangeItem) -> Finding:
    bound = item.node.at(field, resource).scalar()
    words = {
        "max": f"may have at most {bound} of {resource}, and is without a limit or has more",
        "min": f"must have at least {bound} of {resource}, and has less",
        "maxLimitRequestRatio": f"may limit {resource} at {bound} times its request, and limits it higher or not",
        "default": f"requests more {resource} than the limit of {bound} that it is given",
    }
    text = f"{where} {words[field]} ({item.node.path}.{field} of LimitRange {item.obj.name})"
    return Finding(text, field, obj)


POLICIES = (
    StackPolicy(
        name="limits-in-range", title="Pods and claims are within the LimitRanges of their namespace",
        severity=Severity.HIGH, tags=("NSA-4", "reliability"), group=CONSISTENCY, predicate=limits_in_range,
        why="The API server accepts the workload and refuses each of its pods, so that none ever starts.",
        remedy="Raise max or lower min of the LimitRange, or set requests and limits within them.",
    ),
)  # fmt: skip
