"""Service: an application workload with its account, Services, budget, autoscaler and monitor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypedDict

import pulumi

from quadrant_platform.components.base.component import BuildContext, register
from quadrant_platform.components.builders import manifests, pod_template
from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.components.builders.monitors import service_monitor
from quadrant_platform.components.builders.passthrough import host_aliases
from quadrant_platform.components.builders.volumes import (
    claim_template,
    environment_variables,
    fingerprint,
    mounts_of,
    rendered,
)
from quadrant_platform.components.workload.priorities import LEVEL_OF_TIER, class_name
from quadrant_platform.components.workload.stand_in import service_program
from quadrant_platform.model.expansion.endpoint import Endpoint
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.schema import service as declared
from quadrant_platform.model.schema.types import cpu_text, seconds


class ServiceArgs(TypedDict):
    """What a service is built from."""

    site: BuildContext
    service: declared.ServiceSpec


class Service(pulumi.ComponentResource):
    """One application workload."""

    def __init__(self, name: str, args: ServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("quadrant:workload:Service", name, None, opts)
        for manifest in objects(args["site"].plan, name, args["service"]):
            register(self, manifest, args["site"])
        self.register_outputs({})


def objects(plan: Plan, name: str, service: declared.ServiceSpec) -> Iterator[Manifest]:
    """Yield everything that one service consists of."""
    endpoint = plan.topology.endpoints[name]
    labels = manifests.workload_labels(plan, endpoint, service.resources.tier, service.attached) | service.labels
    yield manifests.service_account(endpoint, labels)
    yield from services(endpoint, service, labels)
    yield workload(plan, endpoint, service, labels)
    scaling = autoscaling(plan, service)
    if scaling is not None:
        yield autoscaler(endpoint, scaling, _kind(service), labels)
    if copies(plan, service) > 1:
        yield manifests.disruption_budget(endpoint, labels)
    if service.metrics is not None:
        yield service_monitor(plan, endpoint, labels, path=service.metrics.path, interval=service.metrics.interval)


def services(endpoint: Endpoint, service: declared.ServiceSpec, labels: Mapping[str, str]) -> Iterator[Manifest]:
    """Yield the Service of the workload's name, and one for every further name."""
    first, *others = endpoint.listeners
    ports = {service.service_port or first.number: first, **{port.number: port for port in others}}
    yield manifests.service(endpoint, labels, ports=ports)
    # An alias lacks the selector labels, so that a monitor scrapes each pod once.
    for alias, number in service.aliases.items():
        yield manifests.service(endpoint, {}, name=alias, ports={number: first})


def autoscaling(plan: Plan, service: declared.ServiceSpec) -> declared.Autoscaling | None:
    """Return the autoscaling that applies here: none where the environment runs single copies."""
    scaling = service.replicas
    return scaling if isinstance(scaling, declared.Autoscaling) and plan.environment.copies == "declared" else None


def copies(plan: Plan, service: declared.ServiceSpec) -> int:
    """Return how many pods run at the least."""
    if plan.environment.copies == "single":
        return 1
    return service.replicas if isinstance(service.replicas, int) else service.replicas.min


def workload(plan: Plan, endpoint: Endpoint, service: declared.ServiceSpec, labels: Mapping[str, str]) -> Manifest:
    """Return the Deployment, or the StatefulSet of a service with claims of its own."""
    kind = _kind(service)
    spec: Manifest = {
        "selector": {"matchLabels": dict(endpoint.labels)},
        "template": pod_template.template(plan, pod(plan, endpoint, service, labels)),
        "revisionHistoryLimit": 5,
    }
    if autoscaling(plan, service) is None:
        spec["replicas"] = copies(plan, service)
    if kind == "Deployment":
        spec["strategy"] = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    else:
        claims = {name: volume for name, volume in service.volumes.items() if volume.persistent}
        spec["serviceName"] = manifests.name_of(endpoint)
        spec["volumeClaimTemplates"] = [claim_template(plan, volume.size, name) for name, volume in claims.items()]
    meta = manifests.metadata(endpoint.namespace, manifests.name_of(endpoint), labels)
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": meta, "spec": spec}


def pod(
    plan: Plan, endpoint: Endpoint, service: declared.ServiceSpec, labels: Mapping[str, str]
) -> pod_template.PodTemplate:
    """Return the service's pod: one container, its files, and its place in a full cluster."""
    mounts = mounts_of(plan, service)
    name = manifests.name_of(endpoint)
    program = service_program(plan, endpoint, name, service)
    container = pod_template.container(
        name,
        program.image,
        pod_template.sized(plan, pod_template.limits_of(plan, service.resources)),
        command=program.command,
        args=program.args,
        endpoint=endpoint,
        env=environment_variables(plan, service),
        probes=probes(plan, service),
        mounts=mounts,
    )
    level = service.priority or LEVEL_OF_TIER[service.resources.tier]
    texts = [rendered(plan, plan.system.configs[config]) for config in service.config]
    return pod_template.PodTemplate(
        endpoint,
        labels,
        [container],
        mounts=mounts,
        priority=class_name(plan, level),
        grace=seconds(service.termination_grace),
        host_aliases=host_aliases(plan, name),
        annotations={"quadrant.dev/config": fingerprint(texts)} if texts else {},
    )


def probes(plan: Plan, service: declared.ServiceSpec) -> Manifest:
    """Return the three probes on the declared paths."""
    port = service.ports[service.probes.port or next(iter(service.ports))]
    paths = (service.probes.startup, service.probes.readiness, service.probes.liveness)
    return pod_template.probes(plan, *(pod_template.http_probe(path, port) for path in paths))


def autoscaler(endpoint: Endpoint, scaling: declared.Autoscaling, kind: str, labels: Mapping[str, str]) -> Manifest:
    """Return the autoscaler; the workload then states no replicas."""
    name = manifests.name_of(endpoint)
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": manifests.metadata(endpoint.namespace, name, labels),
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": kind, "name": name},
            "minReplicas": scaling.min,
            "maxReplicas": scaling.max,
            "metrics": list(_targets(scaling)),
            "behavior": {
                "scaleDown": {
                    "stabilizationWindowSeconds": seconds(scaling.scale_down_stabilization),
                    "policies": [{"type": "Percent", "value": scaling.scale_down_percent, "periodSeconds": 60}],
                },
                "scaleUp": {
                    "stabilizationWindowSeconds": 0,
                    "policies": [{"type": "Percent", "value": scaling.scale_up_percent, "periodSeconds": 15}],
                },
            },
        },
    }


def _targets(scaling: declared.Autoscaling) -> Iterator[Manifest]:
    for resource, percent in (("cpu", scaling.cpu), ("memory", scaling.memory)):
        if percent is not None:
            target = {"type": "Utilization", "averageUtilization": round(percent)}
            yield {"type": "Resource", "resource": {"name": resource, "target": target}}
    if scaling.requests_per_second is not None:
        rate = {"type": "AverageValue", "averageValue": cpu_text(scaling.requests_per_second)}
        yield {"type": "Pods", "pods": {"metric": {"name": "http_requests_per_second"}, "target": rate}}


def _kind(service: declared.ServiceSpec) -> str:
    return "StatefulSet" if any(volume.persistent for volume in service.volumes.values()) else "Deployment"
