"""Autoscalers and their targets: kinds that can be scaled, under their own API version, with the containers named."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from quadrant_platform.policies.core import Finding, Node, Object, Severity, StackIndex, StackPolicy
from quadrant_platform.policies.core.absence import is_missing
from quadrant_platform.policies.core.policy import CONSISTENCY
from quadrant_platform.policies.core.workload_pods import pod_of

_APPS = "apps"
_GROUPS: Mapping[str, str] = {
    "Deployment": _APPS, "StatefulSet": _APPS, "ReplicaSet": _APPS, "DaemonSet": _APPS, "ReplicationController": "",
    "Job": "batch", "CronJob": "batch", "Pod": "", "Rollout": "argoproj.io",
}  # fmt: skip
_SCALED = frozenset({"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController", "Rollout"})
"""Kinds with a number of copies that an autoscaler sets; a DaemonSet, a Job and a Pod have none."""
_SIZED = frozenset(_GROUPS)
"""Kinds whose pods a VerticalPodAutoscaler sizes."""


class _Scaler(NamedTuple):
    """What an autoscaler names: the place, the kinds that it takes, and those that are meant where none is said."""

    obj: Object
    node: Node
    kinds: frozenset[str]
    default: str = ""

    @property
    def kind(self) -> str:
        """The kind of the target."""
        return self.node.at("kind").text() or self.default


def targets(stack: StackIndex) -> Iterator[Finding]:
    """Check that every autoscaler names a target that exists and can be scaled, and containers of it."""
    for scaler in _scalers(stack):
        found = list(_target(stack, scaler))
        yield from found or _containers(stack, scaler)


def _scalers(stack: StackIndex) -> Iterator[_Scaler]:
    for obj in stack.of_kind("HorizontalPodAutoscaler", "VerticalPodAutoscaler", "ScaledObject"):
        spec = obj.node.at("spec")
        if obj.kind == "HorizontalPodAutoscaler":
            yield _Scaler(obj, spec.at("scaleTargetRef"), _SCALED)
        elif obj.kind == "VerticalPodAutoscaler":
            yield _Scaler(obj, spec.at("targetRef"), _SIZED)
        elif obj.group == "keda.sh":
            yield _Scaler(obj, spec.at("scaleTargetRef"), _SCALED, "Deployment")


def _target(stack: StackIndex, scaler: _Scaler) -> Iterator[Finding]:
    kind, path, name = scaler.kind, scaler.node.path, scaler.node.at("name").text()
    version = scaler.node.at("apiVersion").text() or ("apps/v1" if scaler.default else "")
    spelled = next((one for one in _GROUPS if one.lower() == kind.lower() and one != kind), "")
    if spelled:
        yield Finding(f"{path}.kind is {kind!r}: the kind is called {spelled}", "kind", scaler.obj)
    elif kind in _GROUPS and version.rpartition("/")[0] != _GROUPS[kind]:
        yield Finding(f"{path}.apiVersion is {version!r}: {kind} is of {_group(kind)}", "version", scaler.obj)
    elif kind in _GROUPS and kind not in scaler.kinds:
        yield Finding(f"{path}: a {kind} has no number of copies to set", "scale", scaler.obj)
    elif is_missing(stack, kind, scaler.obj.namespace, name):
        yield Finding(f"{path}: there is no {kind} {scaler.obj.namespace}/{name}", "target", scaler.obj)


def _group(kind: str) -> str:
    return f"the group {_GROUPS[kind]}" if _GROUPS[kind] else "v1"


def _containers(stack: StackIndex, scaler: _Scaler) -> Iterator[Finding]:
    """Yield containers that the target's pods do not have."""
    target = stack.by_name.get((scaler.kind, scaler.obj.namespace, scaler.node.at("name").text()))
    pod = pod_of(target) if target else None
    names = {one.name for one in pod.containers if one.keeps_running} if pod else None
    for node in _container_names(scaler.obj, scaler.node) if names is not None else ():
        if node.text() and names is not None and node.text() not in names:
            where = f"{node.path}: {scaler.kind} {scaler.obj.namespace}/{scaler.node.at('name').text()}"
            yield Finding(f"{where} has no container {node.text()!r}", "container", scaler.obj)


def _container_names(obj: Object, target: Node) -> Iterator[Node]:
    yield target.at("envSourceContainerName")
    spec = obj.node.at("spec")
    for metric in spec.at("metrics").items():
        yield metric.at("containerResource", "container")
    for policy in spec.at("resourcePolicy", "containerPolicies").items():
        if policy.at("containerName").text() != "*":
            yield policy.at("containerName")
    for trigger in spec.at("triggers").items():
        yield (
            trigger.at("metadata", "containerName")
            if trigger.at("type").text() in ("cpu", "memory")
            else trigger.at("-")
        )


POLICIES = (
    StackPolicy(
        name="scale-targets", title="Autoscalers name what they can scale",
        severity=Severity.HIGH, tags=("availability",), group=CONSISTENCY, predicate=targets,
        why="An autoscaler of a kind, a version or a container that is not there fails at every turn and scales "
        "nothing, and only its own status says so.",
        remedy="Write apiVersion, kind and name as the workload has them, and containers by their names in its pods.",
    ),
)  # fmt: skip
