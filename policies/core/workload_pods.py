"""The pods that a workload makes, extracted once: template, containers and effective security context."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from quadrant_platform.policies.core.access import Node
from quadrant_platform.policies.core.objects import Object
from quadrant_platform.vocabulary import COMPONENT_LABEL, POD_TEMPLATES, PREFIX

WORKLOADS = frozenset(POD_TEMPLATES)
"""The kinds that make pods."""
LONG_RUNNING = WORKLOADS - {"Pod", "PodTemplate", "Job", "CronJob"}
"""The kinds whose pods serve until they are replaced."""

_ROLLOUTS = "argoproj.io"
_LISTS = (("initContainers", "init container"), ("containers", "container"),
          ("ephemeralContainers", "ephemeral container"))  # fmt: skip


@dataclass(frozen=True)
class Container:
    """A container with the pod around it."""

    node: Node
    role: str
    pod: "WorkloadPod"

    @cached_property
    def name(self) -> str:
        """The container's name."""
        return self.node.at("name").text()

    @property
    def where(self) -> str:
        """Role, name and path, for messages."""
        return f"{self.role} {self.name!r} ({self.node.path})"

    @property
    def keeps_running(self) -> bool:
        """Whether it runs beside the main containers: an init container does if it is restarted, as a sidecar."""
        return self.role == "container" or self.node.at("restartPolicy").text() == "Always"

    @cached_property
    def security(self) -> Node:
        """The container's own security context."""
        return self.node.at("securityContext")

    def effective(self, field: str) -> Node:
        """Return the field of the container's security context, or else the pod's."""
        own = self.security.at(field)
        return own if own.present() else self.pod.security.at(field)

    @property
    def env(self) -> Iterator[Node]:
        """The environment variables."""
        return self.node.at("env").items()

    @property
    def env_from(self) -> Iterator[Node]:
        """The ConfigMaps and Secrets that become environment variables."""
        return self.node.at("envFrom").items()

    @property
    def command_line(self) -> Iterator[Node]:
        """The words of the command and of its arguments."""
        return chain(self.node.at("command").items(), self.node.at("args").items())

    @cached_property
    def ports(self) -> tuple[Node, ...]:
        """The declared ports."""
        return tuple(self.node.at("ports").items())


@dataclass(frozen=True)
class WorkloadPod:
    """The pods of one workload, as its template describes them."""

    workload: Object
    template: Node

    @cached_property
    def spec(self) -> Node:
        """The pod's specification."""
        return self.template.at("spec")

    @cached_property
    def security(self) -> Node:
        """The pod's security context."""
        return self.spec.at("securityContext")

    @cached_property
    def labels(self) -> dict[str, str]:
        """The labels that the pods carry."""
        return self.template.at("metadata", "labels").texts()

    @property
    def annotations(self) -> Node:
        """The annotations that the pods carry."""
        return self.template.at("metadata", "annotations")

    @cached_property
    def containers(self) -> tuple[Container, ...]:
        """Init, main and ephemeral containers."""
        listed = ((node, role) for key, role in _LISTS for node in self.spec.at(key).items())
        return tuple(Container(node, role, self) for node, role in listed)

    @property
    def main_containers(self) -> Iterator[Container]:
        """The containers that serve."""
        return (container for container in self.containers if container.role == "container")

    @cached_property
    def claim_templates(self) -> frozenset[str]:
        """The volumes for which a StatefulSet makes a claim for each pod."""
        if self.workload.kind != "StatefulSet":
            return frozenset()
        templates = self.workload.node.at("spec", "volumeClaimTemplates").items()
        return frozenset(node.at("metadata", "name").text() for node in templates)

    @cached_property
    def volumes(self) -> tuple[Node, ...]:
        """The volumes that the pods have: claims made from templates replace those of the same name."""
        listed = self.spec.at("volumes").items()
        return tuple(node for node in listed if node.at("name").text() not in self.claim_templates)

    @property
    def is_windows(self) -> bool:
        """Whether the pod declares Windows, which exempts it from Linux-only rules."""
        return self.spec.at("os", "name").text() == "windows"

    @property
    def has_user_namespace(self) -> bool:
        """Whether root in the pod is an ordinary user of the node."""
        return self.spec.at("hostUsers").flag() is False

    @property
    def component(self) -> str:
        """What the pod is: service, database, cache, job and so on."""
        return self.labels.get(COMPONENT_LABEL, "")


def template_path(obj: Object) -> tuple[str, ...] | None:
    """Return where the object keeps the template of its pods; nothing for one that makes none.

    A custom kind may share a workload's name, such as another group's Job. A Rollout may refer to a Deployment.
    """
    if "." in obj.group and (obj.kind, obj.group) != ("Rollout", _ROLLOUTS):
        return None
    if obj.kind == "Rollout" and obj.node.at("spec", "workloadRef").present():
        return None
    return POD_TEMPLATES.get(obj.kind)


def is_ours(obj: Object) -> bool:
    """Return whether the conventions of this platform are asked of an object.

    They are of what a program registers; what a file holds may be another's, unless it has a label or annotation of
    ours, or its pods have.
    """
    if obj.file is None:
        return True
    pod = pod_of(obj)
    places = [obj.node.at("metadata"), *([pod.template.at("metadata")] if pod else [])]
    maps = [place.at(field) for place in places for field in ("labels", "annotations")]
    return any(key.startswith(PREFIX) for one in maps for key, _ in one.entries())


def pod_of(obj: Object) -> WorkloadPod | None:
    """Return the pods that the object makes, the same for every policy."""
    if WorkloadPod not in obj.derived:
        path = template_path(obj)
        template = obj.node.at(*path) if path is not None else None
        obj.derived[WorkloadPod] = WorkloadPod(obj, template) if template and template.at("spec").present() else None
    pod: WorkloadPod | None = obj.derived[WorkloadPod]
    return pod


def by_namespace(pods: Iterable[WorkloadPod]) -> dict[str, list[WorkloadPod]]:
    """Return pods by their namespaces."""
    found = defaultdict[str, list[WorkloadPod]](list)
    for pod in pods:
        found[pod.workload.namespace].append(pod)
    return found
