"""Workload: a planned workload's name, labels and ports, bound once, and the objects that follow from them."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Unpack

from quadrant_platform.components.builders import containers, manifests
from quadrant_platform.components.builders.containers import ContainerOptions, http_probe
from quadrant_platform.components.builders.manifests import Manifest, manifest, metadata, port_name
from quadrant_platform.components.builders.pod_template import PodOptions, apart, pod_template
from quadrant_platform.model.expansion.endpoint import Listener
from quadrant_platform.model.expansion.holders import claim_names
from quadrant_platform.model.expansion.planned import Planned
from quadrant_platform.model.schema.quantities import Bytes
from quadrant_platform.model.schema.service import HELPER, Size

SCRIPTS = Path(__file__).parents[1] / "scripts"
SURGE = {"maxSurge": 1, "maxUnavailable": 0}
"""New pods are ready before old ones go."""
NOMINAL_CLAIM: Manifest = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
"""What a StatefulSet's template asks for: the same for ever, as Kubernetes never changes it."""


class Workload:
    """The objects around one workload's pods."""

    def __init__(self, planned: Planned[Any]) -> None:
        self.planned = planned
        self.name, self.namespace = planned.name, planned.endpoint.namespace
        self.data_name = planned.data_name
        self.labels, self.selector = dict(planned.labels), planned.endpoint.selector
        self.ports = {listener.name: listener for listener in planned.endpoint.listeners}
        # Beside an autoscaler a specification states no replicas: both would set them.
        self.replicas = {} if planned.autoscaling else {"replicas": planned.copies}

    @property
    def other_labels(self) -> dict[str, str]:
        """Return the labels that do not select the pods, for objects that no monitor may find."""
        return {key: value for key, value in self.labels.items() if key not in self.selector}

    def metadata(self, name: str | None = None, labels: Mapping[str, str] | None = None) -> Manifest:
        """Return the metadata of an object, by default with the workload's name and labels."""
        return metadata(self.namespace, name or self.name, self.labels if labels is None else labels)

    def account(self) -> Manifest:
        """Return the workload's own ServiceAccount."""
        return manifests.service_account(self.metadata())

    def config_map(self, suffix: str, files: Mapping[str, str]) -> Manifest:
        """Return the ConfigMap `<workload>-<suffix>`."""
        return manifests.config_map(self.metadata(f"{self.name}-{suffix}"), files)

    def scripts(self, *names: str) -> Manifest:
        """Return the ConfigMap of some start scripts."""
        return self.config_map("scripts", {name: (SCRIPTS / name).read_text(encoding="utf-8") for name in names})

    def service(
        self,
        name: str | None = None,
        ports: Mapping[int, Listener] | None = None,
        *,
        labels: Mapping[str, str] | None = None,
        pod: str | None = None,
        **more: Any,
    ) -> Manifest:
        """Return a cluster-internal Service; `ports` maps Service ports to listeners, else they are the same.

        With `pod`, it leads to that one pod of a StatefulSet; `more` are further fields of the specification.
        """
        published = ports or {listener.number: listener for listener in self.ports.values()}
        spec: Manifest = {
            "type": "ClusterIP",
            "selector": self.selector | ({"statefulset.kubernetes.io/pod-name": pod} if pod else {}),
            "ports": [manifests.service_port(number, listener) for number, listener in published.items()],
        }
        return manifest("v1", "Service", self.metadata(name, labels), spec | more)

    def budget(self, labels: Mapping[str, str] | None = None) -> Manifest:
        """Return a budget of one voluntary disruption; a broken pod never blocks a drain."""
        spec = {
            "maxUnavailable": 1,
            "selector": {"matchLabels": self.selector},
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
        }
        return manifest("policy/v1", "PodDisruptionBudget", self.metadata(labels=labels), spec)

    def service_monitor(self, path: str = "/metrics", interval: str | None = None) -> Manifest:
        """Return the monitor of a workload whose Service carries the selector labels."""
        return self._monitor("ServiceMonitor", "endpoints", self.labels, path, interval)

    def pod_monitor(self, labels: Mapping[str, str]) -> Manifest:
        """Return the monitor of pods whose Services an operator makes, and may make several of."""
        return self._monitor("PodMonitor", "podMetricsEndpoints", labels)

    def _monitor(
        self, kind: str, field: str, labels: Mapping[str, str], path: str = "/metrics", interval: str | None = None
    ) -> Manifest:
        port = port_name(self.planned.endpoint.metrics or "")
        spec = {
            # The label that holds the workload's name; Services and pods may have other names.
            "jobLabel": next(key for key, value in self.selector.items() if value == self.data_name),
            "selector": {"matchLabels": self.selector},
            field: [{"port": port, "path": path, "interval": interval or self.planned.settings.scrape_interval}],
        }
        meta = self.metadata(labels={**labels, **self.planned.settings.monitoring.labels})
        return manifest("monitoring.coreos.com/v1", kind, meta, spec)

    def container(self, engine: str, limits: Size | None = None, **options: Unpack[ContainerOptions]) -> Manifest:
        """Return the main container; by default it serves all of the workload's ports."""
        options.setdefault("ports", self.ports.values())
        return self.sidecar(self.name, self.planned.image(engine), limits or self.planned.limits, **options)

    def sidecar(self, name: str, image: str, limits: Size = HELPER, **options: Unpack[ContainerOptions]) -> Manifest:
        """Return a container beside the main one, or before it."""
        return containers.container(name, image, containers.resources(self.planned, limits), **options)

    def exporter(self, image: str, health: str = "/", **options: Unpack[ContainerOptions]) -> Manifest:
        """Return the sidecar that translates an engine's statistics to Prometheus' format on the port `metrics`."""
        port = self.ports["metrics"]
        options |= {"ports": [port], "probes": self.probes(http_probe(health, port.number))}
        return self.sidecar("exporter", image, **options)

    def probes(
        self, startup: Manifest, readiness: Manifest | None = None, liveness: Manifest | None = None, starts: int = 1
    ) -> Manifest:
        """Return the three probes with the environment's timings; the first action is that of all by default."""
        timing = self.planned.settings.probes
        return containers.probes(timing, startup, readiness or startup, liveness or startup, starts=starts)

    def pod(self, *running: Manifest, **options: Unpack[PodOptions]) -> Manifest:
        """Return the template of pods that run some containers."""
        return pod_template(self.planned, running, **options)

    def apart(self) -> Manifest | None:
        """Return the affinity that keeps several copies on different nodes."""
        return apart(self.planned) if self.planned.copies > 1 else None

    def deployment(self, template: Manifest, rolling: Mapping[str, int] = SURGE) -> Manifest:
        """Return the Deployment."""
        spec = {
            "selector": {"matchLabels": self.selector},
            "template": template,
            "revisionHistoryLimit": 5,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": dict(rolling)},
        }
        return manifest("apps/v1", "Deployment", self.metadata(), spec | self.replicas)

    def stateful_set(
        self, template: Manifest, claims: Mapping[str, Bytes], name: str | None = None, **more: Any
    ) -> Iterator[Manifest]:
        """Yield a claim for each copy, then the StatefulSet; `more` are further fields of its specification.

        Its controller finds the claims by their names, so that they can grow, which those of a template never do.
        """
        own = name or self.data_name
        for claim, size in claims.items():
            for found in claim_names(claim, own, self.planned.most_copies):
                yield manifest("v1", "PersistentVolumeClaim", self.metadata(found), self.claim(size))
        if "serviceName" not in more and self.data_name != self.name:
            # Kubernetes never changes which Service governs a set; the former name leads to the copy that takes writes.
            yield self.service(self.data_name, labels=self.other_labels, pod=f"{own}-0")
        spec: Manifest = {
            "serviceName": self.data_name,
            "selector": {"matchLabels": self.selector},
            "template": template,
            "volumeClaimTemplates": [{"metadata": {"name": claim}, "spec": NOMINAL_CLAIM} for claim in claims],
        }
        yield manifest("apps/v1", "StatefulSet", self.metadata(own), spec | self.replicas | more)

    def claim(self, size: Bytes) -> Manifest:
        """Return the specification of a claim."""
        size = self.planned.claim(size)
        spec: Manifest = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": str(size)}}}
        return spec | (
            {"storageClassName": self.planned.settings.storage_class} if self.planned.settings.storage_class else {}
        )


def texts_of(maps: Iterable[Manifest]) -> list[str]:
    """Return the texts of some ConfigMaps, whose fingerprint rolls the pods that read them."""
    return [text for one in maps for _, text in sorted(one["data"].items())]
