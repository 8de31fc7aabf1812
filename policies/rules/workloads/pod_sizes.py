"""What a pod asks of its namespace, with what LimitRanges fill in, as the API server works it out."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from quadrant_platform.policies.core import Node, Object, StackIndex
from quadrant_platform.policies.core.workload_pods import Container, WorkloadPod

Amounts = Mapping[str, float]
"""By resource."""
NEARLY = 1 + 1e-9
"""Amounts are compared as fractions of each other."""


class Sizes(NamedTuple):
    """The requests and limits of a container or a pod."""

    requests: Amounts
    limits: Amounts


class LimitRangeItem(NamedTuple):
    """One entry of a LimitRange."""

    obj: Object
    node: Node

    @property
    def kind(self) -> str:
        """What it bounds: Container, Pod or PersistentVolumeClaim."""
        return self.node.at("type").text()

    def amounts(self, field: str) -> Amounts:
        """Return the amounts of a field."""
        return amounts(self.node.at(field))

    @property
    def default(self) -> Amounts:
        """The limits of a container that states none."""
        return {**self.amounts("max"), **self.amounts("default")}

    @property
    def default_request(self) -> Amounts:
        """The requests of a container that states none."""
        return {**self.amounts("min"), **self.default, **self.amounts("defaultRequest")}


def amounts(node: Node) -> Amounts:
    """Return a list of resources."""
    return {resource: one.quantity() for resource, one in node.entries()}


class PodSizes:
    """The sizes of one workload's pods in its namespace."""

    def __init__(self, pod: WorkloadPod, ranges: tuple[LimitRangeItem, ...]) -> None:
        self._pod = pod
        self._ranges = [one for one in ranges if one.kind == "Container"]

    @cached_property
    def containers(self) -> tuple[tuple[Container, Sizes], ...]:
        """The containers that may have resources, each with its sizes."""
        listed = (one for one in self._pod.containers if one.role != "ephemeral container")
        return tuple((one, self._sizes(one)) for one in listed)

    def _sizes(self, container: Container) -> Sizes:
        node = container.node.at("resources")
        limits = dict(amounts(node.at("limits")))
        requests = {**limits, **amounts(node.at("requests"))}
        for one in self._ranges:
            limits = {**one.default, **limits}
            requests = {**one.default_request, **requests}
        return Sizes(requests, limits)

    @cached_property
    def total(self) -> Sizes:
        """The whole pod: its containers together, or more where an init container before them asks for more."""
        own = self._pod.spec.at("resources")
        stated = Sizes(amounts(own.at("requests")), amounts(own.at("limits")))
        requests, limits = ({key: self._summed(key, side) for key in self._resources(side)} for side in (0, 1))
        return Sizes({**requests, **stated.limits, **stated.requests}, {**limits, **stated.limits})

    def _resources(self, side: int) -> frozenset[str]:
        return frozenset(key for _, sizes in self.containers for key in sizes[side])

    def _summed(self, resource: str, side: int) -> float:
        sidecars, most = 0.0, 0.0
        for container, sizes in self.containers:
            amount = sizes[side].get(resource, 0)
            if container.role != "init container":
                sidecars += amount
            elif container.keeps_running:
                sidecars += amount
                most = max(most, sidecars)
            else:
                most = max(most, sidecars + amount)
        return max(most, sidecars)


def limit_ranges(stack: StackIndex) -> dict[str, tuple[LimitRangeItem, ...]]:
    """Return the entries of LimitRanges by namespace."""
    found = dict[str, tuple[LimitRangeItem, ...]]()
    for obj in stack.of_kind("LimitRange"):
        items = tuple(LimitRangeItem(obj, node) for node in obj.node.at("spec", "limits").items())
        found[obj.namespace] = (*found.get(obj.namespace, ()), *items)
    return found


def sized_pods(stack: StackIndex) -> Iterator[tuple[WorkloadPod, PodSizes]]:
    """Yield the declared pods with their sizes."""
    ranges = limit_ranges(stack)
    for pod in stack.declared_pods:
        yield pod, PodSizes(pod, ranges.get(pod.workload.namespace, ()))
