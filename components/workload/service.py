"""Service: an application workload with its account, Services, budget, autoscaler and monitor."""

from collections.abc import Iterator

from quadrant_platform.components.base.component import Address, Component
from quadrant_platform.components.builders.containers import DRAIN, http_probe
from quadrant_platform.components.builders.manifests import Manifest, manifest
from quadrant_platform.components.builders.workload import Workload
from quadrant_platform.components.workload import process
from quadrant_platform.model.expansion.planned import PlannedProcess
from quadrant_platform.model.schema.quantities import Cpu
from quadrant_platform.model.schema.service import Autoscaling, ServiceSpec
from quadrant_platform.model.schema.types import seconds


class Service(Component[PlannedProcess[ServiceSpec], Address]):
    """One application workload."""

    token = "workload:Service"

    @staticmethod
    def manifests(inputs: PlannedProcess[ServiceSpec]) -> Iterator[Manifest]:
        """Yield everything that one service consists of."""
        w, spec = Workload(inputs), inputs.spec
        yield w.account()
        yield from services(w, spec)
        *claims, built = workload(w, inputs)
        yield from claims
        yield built
        if inputs.autoscaling is not None:
            yield _autoscaler(w, inputs.autoscaling, built)
        if inputs.copies > 1:
            yield w.budget()
        if spec.metrics is not None:
            yield w.service_monitor(spec.metrics.path, spec.metrics.interval)

    @staticmethod
    def results(inputs: PlannedProcess[ServiceSpec]) -> Address:
        """Return where clients connect."""
        return Address(inputs.name, inputs.spec.service_port or next(iter(inputs.spec.ports.values())))


def services(w: Workload, spec: ServiceSpec) -> Iterator[Manifest]:
    """Yield the Service of the workload's name, and one for every further name."""
    first, *others = w.ports.values()
    yield w.service(ports={spec.service_port or first.number: first, **{port.number: port for port in others}})
    # An alias lacks the selector labels, so that a monitor scrapes each pod once.
    for alias, number in spec.aliases.items():
        yield w.service(alias, {number: first}, labels={})


def workload(w: Workload, service: PlannedProcess[ServiceSpec]) -> Iterator[Manifest]:
    """Yield the Deployment, or a service's own claims and its StatefulSet."""
    template = process.pod(
        w,
        service,
        probes(w, service.spec),
        mounts=process.mounts_of(service),
        serves=True,
        grace=DRAIN + seconds(service.spec.termination_grace),
        texts=[config.text for config in service.configs],
    )
    claims = {name: volume.size for name, volume in service.spec.persistent.items()}
    if claims:
        yield from w.stateful_set(template, claims, revisionHistoryLimit=5)
    else:
        yield w.deployment(template)


def probes(w: Workload, spec: ServiceSpec) -> Manifest:
    """Return the three probes on the declared paths."""
    port = spec.ports[spec.probes.port or next(iter(spec.ports))]
    startup, readiness = http_probe(spec.probes.startup, port), http_probe(spec.probes.readiness, port)
    return w.probes(startup, readiness, http_probe(spec.probes.liveness, port))


def _autoscaler(w: Workload, scaling: Autoscaling, target: Manifest) -> Manifest:
    slowly = {
        "stabilizationWindowSeconds": seconds(scaling.scale_down_stabilization),
        "policies": [{"type": "Percent", "value": scaling.scale_down_percent, "periodSeconds": 60}],
    }
    at_once = {
        "stabilizationWindowSeconds": 0,
        "policies": [{"type": "Percent", "value": scaling.scale_up_percent, "periodSeconds": 15}],
    }
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": target["kind"], "name": target["metadata"]["name"]},
        "minReplicas": scaling.min,
        "maxReplicas": scaling.max,
        "metrics": list(_targets(scaling)),
        "behavior": {"scaleDown": slowly, "scaleUp": at_once},
    }
    return manifest("autoscaling/v2", "HorizontalPodAutoscaler", w.metadata(), spec)


def _targets(scaling: Autoscaling) -> Iterator[Manifest]:
    for resource, percent in (("cpu", scaling.cpu), ("memory", scaling.memory)):
        if percent is not None:
            target = {"type": "Utilization", "averageUtilization": round(percent)}
            yield {"type": "Resource", "resource": {"name": resource, "target": target}}
    if scaling.requests_per_second is not None:
        rate = {"type": "AverageValue", "averageValue": str(Cpu(round(scaling.requests_per_second * 1000)))}
        yield {"type": "Pods", "pods": {"metric": {"name": "http_requests_per_second"}, "target": rate}}
