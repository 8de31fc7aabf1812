"""Traefik: what the public instance and the egress instance share: settings, pod and workload."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import yaml

from quadrant_platform.components.builders import manifests, pod_template
from quadrant_platform.components.builders.engine_images import TRAEFIK, image_of
from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.components.builders.pod_template import Mount
from quadrant_platform.components.builders.volumes import fingerprint
from quadrant_platform.components.workload.priorities import class_name
from quadrant_platform.model.expansion.endpoint import Endpoint
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.schema.service import TIERS
from quadrant_platform.model.schema.types import PortRef, seconds

CONFIG_DIR = "/etc/traefik"
STATIC_FILE = "traefik.yml"
TIER = 3
BUCKETS = (0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5)
"""Upper bounds in seconds; every latency objective of 100 ms to 2 s is one of them."""


@dataclass(frozen=True)
class Instance:
    """What varies between the two Traefiks."""

    endpoint: Endpoint
    replicas: int
    static: Manifest
    dynamic: Mapping[str, Manifest]
    probed: int
    mounts: Sequence[Mount] = ()
    sidecars: Sequence[Manifest] = field(default=())
    token: bool = False


def replicas(plan: Plan, wanted: int) -> int:
    """Return how many copies run: one where the environment runs single copies."""
    return 1 if plan.environment.copies == "single" else wanted


def share(amount: int, copies: int) -> int:
    """Return one copy's share of a limit, rounded up, as every copy counts on its own."""
    return -(-amount // copies)


def go_duration(text: str) -> str:
    """Return a duration as Go reads it, which knows no days."""
    return f"{seconds(text) // 3600}h" if "d" in text else text


def rate_limit(average: int, period: str, burst: int, copies: int) -> Manifest:
    """Return one copy's share of a rate; the period stays, as it is the window in which people think."""
    return {"average": share(average, copies), "period": go_duration(period), "burst": share(burst, copies)}


def service_port(plan: Plan, target: str, port: PortRef | None) -> int:
    """Return the port of a workload's Service that leads to a container port; the first where none is named."""
    endpoint = plan.topology.endpoints[target]
    first = endpoint.listeners[0]
    listener = first if port is None else endpoint.listener(port)
    if listener is None:
        raise LookupError(f"{endpoint.id} does not listen on {port}")
    service = plan.system.services.get(target)
    return service.service_port if service and service.service_port and listener == first else listener.number


def settings(plan: Plan, probed: str, dropped: Sequence[str] = ()) -> Manifest:
    """Return the static settings of both; options are those of Traefik 3.6 and 3.7.

    `probed` is the entry point that answers the kubelet, `dropped` the fields that stay out of the access log.
    """
    fields: Manifest = {"defaultMode": "keep", "headers": {"defaultMode": "drop", "names": {"User-Agent": "keep"}}}
    if dropped:
        fields["names"] = dict.fromkeys(dropped, "drop")
    return {
        "global": {"checkNewVersion": False, "sendAnonymousUsage": False},
        "log": {"level": plan.environment.log_level, "format": "json"},
        "accessLog": {"format": "json", "fields": fields},
        "metrics": {
            "prometheus": {
                "entryPoint": "metrics",
                "addEntryPointsLabels": True,
                "addRoutersLabels": True,
                "addServicesLabels": True,
                "buckets": list(BUCKETS),
            }
        },
        "ping": {"entryPoint": probed},
    }


def transport(read_timeout: str = "60s") -> Manifest:
    """Return an entry point's timeouts; while endpoints are being removed, requests are still accepted."""
    return {
        "lifeCycle": {"requestAcceptGraceTimeout": "5s", "graceTimeOut": "20s"},
        "respondingTimeouts": {"readTimeout": read_timeout, "idleTimeout": "180s"},
    }


def objects(plan: Plan, instance: Instance) -> Iterator[Manifest]:
    """Yield what each Traefik consists of: account, configuration, workload and budget."""
    labels = labels_of(plan, instance.endpoint)
    yield manifests.service_account(instance.endpoint, labels)
    yield manifests.config_map(instance.endpoint.namespace, config_name(instance.endpoint), texts(instance), labels)
    yield workload(plan, instance, labels)
    if instance.replicas > 1:
        yield manifests.disruption_budget(instance.endpoint, labels)


def labels_of(plan: Plan, endpoint: Endpoint) -> dict[str, str]:
    """Return the labels of a Traefik's objects; only the public one is attached to further segments."""
    attached = plan.system.edge.attached if endpoint.kind == "edge" else ()
    return manifests.workload_labels(plan, endpoint, TIER, attached)


def config_name(endpoint: Endpoint) -> str:
    """Return the name of the ConfigMap with a Traefik's files."""
    return f"{manifests.name_of(endpoint)}-config"


def texts(instance: Instance) -> dict[str, str]:
    """Return the files by name."""
    files = {STATIC_FILE: instance.static, **instance.dynamic}
    return {name: yaml.dump(content, Dumper=yaml.CSafeDumper, sort_keys=False) for name, content in files.items()}


def workload(plan: Plan, instance: Instance, labels: Mapping[str, str]) -> Manifest:
    """Return the Deployment; new pods are ready before old ones go."""
    endpoint = instance.endpoint
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": manifests.metadata(endpoint.namespace, manifests.name_of(endpoint), labels),
        "spec": {
            "replicas": instance.replicas,
            "revisionHistoryLimit": 5,
            "selector": {"matchLabels": dict(endpoint.labels)},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
            "template": pod_template.template(plan, pod(plan, instance, labels)),
        },
    }


def pod(plan: Plan, instance: Instance, labels: Mapping[str, str]) -> pod_template.PodTemplate:
    """Return the pod; changed files roll it, as a watched file in a ConfigMap is noticed once only."""
    config = {"name": "config", "configMap": {"name": config_name(instance.endpoint), "defaultMode": 0o444}}
    mounts = [Mount(CONFIG_DIR, config), *instance.mounts]
    ping = pod_template.http_probe("/ping", instance.probed)
    container = pod_template.container(
        manifests.name_of(instance.endpoint),
        image_of(plan, instance.endpoint, TRAEFIK),
        pod_template.sized(plan, TIERS[TIER]),
        command=("traefik",),
        args=(f"--configFile={CONFIG_DIR}/{STATIC_FILE}",),
        endpoint=instance.endpoint,
        probes=pod_template.probes(plan, ping, ping, ping),
        mounts=mounts,
    )
    return pod_template.PodTemplate(
        instance.endpoint,
        labels,
        [container, *instance.sidecars],
        mounts=mounts,
        priority=class_name(plan, "critical"),
        token=instance.token,
        annotations={"quadrant.dev/config": fingerprint(texts(instance).values())},
    )
