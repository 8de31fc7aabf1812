"""Pods as NetworkPolicy sees them: a namespace, labels and declared ports."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Self

from quadrant_platform.vocabulary import POD_TEMPLATES

Manifest = Mapping[str, Any]
NamespaceLabels = Mapping[str, Mapping[str, str]]


class ContainerPort(NamedTuple):
    """A container port."""

    number: int
    protocol: str = "TCP"
    name: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a port written `3001/TCP`."""
        number, _, protocol = text.partition("/")
        return cls(int(number), protocol or "TCP")


class Pod(NamedTuple):
    """One pod for all replicas of its workload; `id` is `namespace/name`."""

    id: str
    namespace: str
    labels: Mapping[str, str]
    ports: tuple[ContainerPort, ...] = ()


def pods_of(manifests: Iterable[Manifest]) -> tuple[Pod, ...]:
    """Return the pods that workload manifests will create, one a workload."""
    found = []
    for manifest in manifests:
        path = POD_TEMPLATES.get(manifest["kind"])
        if path is None:
            continue
        template = manifest
        for step in path:
            template = template.get(step) or {}
        metadata = manifest["metadata"]
        namespace = metadata.get("namespace") or "default"
        labels = (template.get("metadata") or {}).get("labels") or {}
        ports = tuple(_ports(template.get("spec") or {}))
        found.append(Pod(f"{namespace}/{metadata['name']}", namespace, labels, ports))
    return tuple(found)


def _ports(spec: Manifest) -> Iterator[ContainerPort]:
    """Yield the declared ports; of init containers only those of sidecars outlive the start."""
    sidecars = [one for one in spec.get("initContainers") or () if one.get("restartPolicy") == "Always"]
    for container in (*(spec.get("containers") or ()), *sidecars):
        for port in container.get("ports") or ():
            yield ContainerPort(int(port["containerPort"]), port.get("protocol") or "TCP", port.get("name"))


def namespaces_of(manifests: Iterable[Manifest]) -> dict[str, Mapping[str, str]]:
    """Return the labels of every Namespace among the manifests."""
    return {
        manifest["metadata"]["name"]: manifest["metadata"].get("labels") or {}
        for manifest in manifests
        if manifest["kind"] == "Namespace"
    }
