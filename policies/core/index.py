"""All objects of a stack, sorted once for the policies that look at them together."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Self, TypeVar

from quadrant_platform.policies.configuration.config import Config
from quadrant_platform.policies.core.access import FieldError
from quadrant_platform.policies.core.declared_matrix import DeclaredMatrix, matrix_of
from quadrant_platform.policies.core.made_objects import Made, MadePods, keys_of, made_of
from quadrant_platform.policies.core.network_reads import labelled_pod, network_policy_of
from quadrant_platform.policies.core.objects import Object
from quadrant_platform.policies.core.workload_pods import WorkloadPod, by_namespace, is_ours, pod_of
from quadrant_platform.reachability import Connectivity, NetworkPolicy, Pod, Scope, Selector, matrix_pods
from quadrant_platform.vocabulary import NAMESPACE_LABEL, SEGMENT_LABEL

T = TypeVar("T")


class NetworkPolicyObject(NamedTuple):
    """A NetworkPolicy as an object and as rules."""

    obj: Object
    rules: NetworkPolicy


def _kinds_of(obj: Object) -> tuple[str, str]:
    return obj.kind, f"{obj.kind}.{obj.group}"


@dataclass(eq=False)
class StackIndex:
    """The objects of a stack. What cannot be read is left out of the views and kept in `errors`."""

    objects: tuple[Object, ...]
    config: Config
    errors: dict[tuple[int, str], FieldError] = field(default_factory=dict)

    def _read(self, objects: Iterable[Object], reader: Callable[[Object], T | None]) -> Iterator[T]:
        for obj in objects:
            try:
                value = reader(obj)
            except FieldError as error:
                self.errors[id(obj), error.path] = error
                continue
            if value is not None:
                yield value

    def of_kind(self, *kinds: str) -> tuple[Object, ...]:
        """Return the objects of these kinds."""
        return tuple(obj for obj in self.objects if obj.kind in kinds)

    def configured_for(self, group: str) -> Self:
        """Return the stack with the configuration of one group of policies, and the same views."""
        config = self.config.of(group)
        if config is self.config:
            return self
        seen = copy(self)
        seen.config = config
        return seen

    @cached_property
    def _read_pods(self) -> tuple[tuple[WorkloadPod, Pod], ...]:
        def read(obj: Object) -> tuple[WorkloadPod, Pod] | None:
            pod = pod_of(obj)
            return (pod, labelled_pod(pod)) if pod else None

        return tuple(self._read(self.objects, read))

    @property
    def pods(self) -> tuple[WorkloadPod, ...]:
        """The pods that the workloads make."""
        return tuple(pod for pod, _ in self._read_pods)

    @property
    def labelled_pods(self) -> tuple[Pod, ...]:
        """The same pods as the evaluation of reachability reads them."""
        return tuple(pod for _, pod in self._read_pods)

    @cached_property
    def _pods_by_namespace(self) -> Mapping[str, list[WorkloadPod]]:
        return by_namespace(self.pods)

    def pods_in(self, namespace: str) -> Sequence[WorkloadPod]:
        """Return the pods of a namespace."""
        return self._pods_by_namespace.get(namespace, ())

    def pods_beside(self, obj: Object) -> list[WorkloadPod]:
        """Return the pods that come into the namespace of an object."""
        return [pod for pod in self.pods_in(obj.namespace) if pod.workload.is_beside(obj)]

    @cached_property
    def declared_pods(self) -> tuple[WorkloadPod, ...]:
        """The pods without an owner; those that a live cluster lists have found what they refer to."""
        return tuple(pod for pod in self.pods if not pod.workload.is_owned)

    @cached_property
    def network_policies(self) -> tuple[NetworkPolicyObject, ...]:
        """The NetworkPolicies."""
        found = (obj for obj in self.of_kind("NetworkPolicy") if obj.api_version == "networking.k8s.io/v1")
        return tuple(self._read(found, lambda obj: NetworkPolicyObject(obj, network_policy_of(obj))))

    @cached_property
    def known_pods(self) -> tuple[Pod, ...]:
        """The pods of the stack's workloads and the peers of its matrices."""
        found = {pod.id: pod for pod in self.labelled_pods}
        for matrix in self.matrices:
            found |= {pod.id: pod for pod in matrix_pods(matrix.raw, found.values())}
        return tuple(found.values())

    @cached_property
    def connectivity(self) -> Connectivity:
        """The pods that each NetworkPolicy selects and names."""
        policies = [policy.rules for policy in self.network_policies]
        return Connectivity(policies, self.known_pods, self.namespace_labels, Scope())

    @cached_property
    def matrices(self) -> tuple[DeclaredMatrix, ...]:
        """The declared connections, one a system."""
        return tuple(self._read(self.of_kind("ConfigMap"), matrix_of))

    @property
    def peers(self) -> Iterator[dict[str, Any]]:
        """The peers of all matrices."""
        return (peer for matrix in self.matrices for peer in matrix.peers.values())

    @cached_property
    def made(self) -> tuple[Made, ...]:
        """What operators make of the resources."""
        return tuple(self._read(self.objects, made_of))

    @cached_property
    def _made_objects(self) -> frozenset[tuple[str, str, str]]:
        return frozenset[tuple[str, str, str]]().union(*(one.objects for one in self.made))

    def is_made(self, kind: str, namespace: str, name: str) -> bool:
        """Return whether an operator makes an object of this name."""
        return not self._made_objects.isdisjoint(keys_of(kind, namespace, name))

    def may_be_made(self, selector: Selector, namespace: str, namespaces: Selector | None = None) -> bool:
        """Return whether a selector may be for pods of an operator, in a namespace or in all of a selector."""
        peers = (MadePods(peer["namespace"], peer["labels"]) for peer in self.peers)
        if namespaces is None and any(peer.namespace == namespace and selector.matches(peer.labels) for peer in peers):
            return True
        made = (pods for one in self.made for pods in one.pods if pods.may_match(selector))
        places = (pods.namespace for pods in made)
        return any(place == namespace if namespaces is None else self.lies_in(place, namespaces) for place in places)

    def lies_in(self, namespace: str, namespaces: Selector) -> bool:
        """Return whether a namespace is among those of a selector."""
        return namespaces.matches({**self.namespace_labels.get(namespace, {}), NAMESPACE_LABEL: namespace})

    @cached_property
    def namespace_labels(self) -> dict[str, dict[str, str]]:
        """The labels of every Namespace."""
        return dict(self._read(self.of_kind("Namespace"), lambda obj: (obj.name, obj.labels)))

    @cached_property
    def by_name(self) -> dict[tuple[str, str, str], Object]:
        """The objects by kind, namespace and name; kinds alone, and with their group as kubectl writes them."""
        return {(kind, obj.namespace, obj.name): obj for obj in self.objects for kind in _kinds_of(obj)}

    @cached_property
    def _kinds(self) -> frozenset[tuple[str, str]]:
        return frozenset((kind, obj.namespace) for obj in self.objects for kind in _kinds_of(obj))

    def is_complete(self, namespace: str, *kinds: str) -> bool:
        """Return whether all objects of these kinds, as in `by_name`, should be here: the namespace is, or some are."""
        return ("Namespace", "", namespace) in self.by_name or any((kind, namespace) in self._kinds for kind in kinds)

    @cached_property
    def segments(self) -> tuple[Object, ...]:
        """The namespaces with the label of a segment."""
        labelled = {name for name, labels in self.namespace_labels.items() if SEGMENT_LABEL in labels}
        return tuple(obj for obj in self.of_kind("Namespace") if obj.name in labelled)

    @cached_property
    def segment_names(self) -> frozenset[str]:
        """The namespaces to isolate: segments and those that a matrix names."""
        declared = (matrix.namespaces for matrix in self.matrices)
        return frozenset(obj.name for obj in self.segments).union(*declared)

    def is_ours(self, obj: Object) -> bool:
        """Return whether the conventions of this platform are asked of an object: its own, or of its segment."""
        return is_ours(obj) or obj.namespace in self.segment_names

    @cached_property
    def readable(self) -> bool:
        """Whether every view holds all objects."""
        views = (self.pods, self.network_policies, self.matrices, self.segments)
        return all(view is not None for view in views) and not self.errors

    @property
    def has_isolation(self) -> bool:
        """Whether the stack has segments or a matrix; other manifests are not judged for isolation."""
        return bool(self.segments or self.matrices)
