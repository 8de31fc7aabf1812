"""The resources of containers, and of a pod as a whole."""

from decimal import Decimal
from typing import Final

from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.limits.resource_names import may_be_overcommitted
from quadrant_platform.policies.validation.pods.resources import (
    Amounts,
    amounts,
    is_huge_page,
    pod_resource,
    requirements,
    total,
)

_RESIZED: Final = frozenset({"cpu", "memory"})
_RESIZE_POLICIES: Final = frozenset({"NotRequired", "RestartContainer"})


def container_resources(one: Field, claims: frozenset[str], *, is_pod: bool) -> None:
    """Check the resources of a container."""
    limits, requests = _of_container(one, is_pod=is_pod)
    requirements(one.at("resources"), claims, limits=limits, requests=requests)


def _of_container(one: Field, *, is_pod: bool) -> tuple[Amounts, Amounts]:
    """Return limits and requests; in a Pod, the API server fills in requests from limits."""
    resources = one.at("resources")
    limits, requests = amounts(resources.map("limits")), amounts(resources.map("requests"))
    filled = is_pod and "ephemeralContainers" not in one.path
    return limits, {**limits, **requests} if filled else requests


def resize_policy(one: Field, spec: Field) -> None:
    """Check what a change of resources does to a container; the API server names only the list."""
    place, seen = one.at("resizePolicy"), set[str]()
    for policy in one.items("resizePolicy"):
        name, restart = policy.text("resourceName"), policy.text("restartPolicy")
        if name in seen:
            policy.duplicate(name)
        seen.add(name)
        for value, allowed in ((name, _RESIZED), (restart, _RESIZE_POLICIES)):
            if not value:
                place.required("must have resourceName and restartPolicy in each element")
            elif value not in allowed:
                place.not_supported(allowed)
        never = spec.text("restartPolicy") == "Never" and restart != "NotRequired"
        place.expect(not never, "must be NotRequired for the restartPolicy Never")


def pod_resources(spec: Field, *, is_pod: bool) -> None:
    """Check the resources of a pod as a whole, and that its containers fit into them."""
    field = spec.at("resources")
    if not spec.has("resources"):
        return
    if spec.at("os").text("name") == "windows":
        field.forbidden("must not be set in a pod for Windows")
        return
    if field.has("claims"):
        field.at("claims").forbidden("must be set for containers")
    limits: Amounts = amounts(field.map("limits"))
    requests: Amounts = amounts(field.map("requests"))
    taken_limits, taken = (_taken(spec, side, is_pod=is_pod) for side in (0, 1))
    if is_pod:
        limits, requests = _filled(limits, requests, taken_limits, taken)
    requirements(field, frozenset(), name_rule=pod_resource, limits=limits, requests=requests)
    _fitting(field, limits, requests, taken_limits, taken)
    _single(spec, field, limits)


def _fitting(field: Field, limits: Amounts, requests: Amounts, taken_limits: Amounts, taken: Amounts) -> None:
    for name, value in taken.items():
        field.at("requests").key(name).expect(
            value <= requests.get(name, value), "must be at least that of its containers"
        )
    for name, value in taken_limits.items():
        fits = not is_huge_page(name) or value <= limits.get(name, value)
        field.at("limits").key(name).expect(fits, "must be at least that of its containers")


def _taken(spec: Field, side: int, *, is_pod: bool) -> dict[str, Decimal]:
    of = [(_of_container(one, is_pod=is_pod)[side], True) for one in spec.items("containers")]
    init = [(_of_container(one, is_pod=is_pod)[side], one.text("restartPolicy") == "Always")
            for one in spec.items("initContainers")]  # fmt: skip
    return total(of, init)


def _filled(limits: Amounts, requests: Amounts, taken_limits: Amounts, taken: Amounts) -> tuple[Amounts, Amounts]:
    """Return limits and requests of a Pod with those that the API server fills in from its containers."""
    if limits or requests:
        missing = {name: value for name, value in taken_limits.items() if is_huge_page(name) and name not in requests}
        limits = {**missing, **limits}
    if limits:
        known = {
            name: value for name, value in taken.items() if pod_resource(name) is None and may_be_overcommitted(name)
        }
        supported = {name: value for name, value in limits.items() if pod_resource(name) is None}
        requests = {**supported, **known, **requests}
    return limits, requests


def _single(spec: Field, field: Field, limits: Amounts) -> None:
    for index, one in enumerate(spec.items("containers")):
        for name, value in amounts(one.at("resources").map("limits")).items():
            place = field.at("containers").item(index, None).key(name).at("limits")
            place.expect(value <= limits.get(name, value), f"must be at most that of the pod, {name}")
