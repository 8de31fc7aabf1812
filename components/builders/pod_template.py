"""Pod templates: the restricted security context, resources, probes, files and spread of every workload."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from quadrant_platform.components.builders.ephemeral_storage import bounded
from quadrant_platform.components.builders.manifests import Manifest, metadata, name_of, port_name
from quadrant_platform.components.builders.spreading import spread
from quadrant_platform.model.expansion.endpoint import Endpoint
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.schema.service import TIERS, Size, Sizing
from quadrant_platform.model.schema.types import bytes_text, cpu_text, parse_quantity

USER = 10001
"""A user without an account on any node, outside the range that distributions hand out."""
RESTRICTED: Manifest = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
}
HELPER = Size(cpu="100m", memory="64Mi")
"""Limits of exporters and waiting init containers."""
RECOVERY = 10
"""How many usual starts a store may take that reads its files before it opens its port."""


@dataclass(frozen=True)
class Mount:
    """A volume and where the container sees it."""

    path: str
    volume: Manifest
    read_only: bool = True

    def in_container(self) -> Manifest:
        """Return the container's half."""
        return {"name": self.volume["name"], "mountPath": self.path, "readOnly": self.read_only}


@dataclass(frozen=True)
class PodTemplate:
    """What varies from pod to pod; everything else is the same for all."""

    endpoint: Endpoint
    labels: Mapping[str, str]
    containers: Sequence[Manifest]
    init: Sequence[Manifest] = ()
    mounts: Sequence[Mount] = ()
    user: int = USER
    priority: str | None = None
    grace: int = 30
    token: bool = False
    restart: str | None = None
    spread: bool = True
    host_aliases: Sequence[Manifest] = ()
    annotations: Mapping[str, str] = field(default_factory=dict)


def limits_of(plan: Plan, resources: Sizing) -> Size:
    """Return a workload's limits: the environment's sizing profile, else its own size, else its tier's."""
    profile = resources.profiles.get(plan.environment.size_profile or "")
    return profile or resources.size or TIERS[resources.tier]


def sized(plan: Plan, limits: Size, store: bool = False) -> Manifest:
    """Return requests and limits in canonical quantities; requests are the environment's share of the limits."""
    share = (plan.environment.requests.stores if store else plan.environment.requests.services) / 100
    requests = {
        "cpu": cpu_text(max(parse_quantity(limits.cpu) * share, 0.01)),
        "memory": bytes_text(max(round(parse_quantity(limits.memory) * share / 2**20), 16) * 2**20),
    }
    bounds = {"memory": limits.memory}
    return {"requests": requests, "limits": bounds | ({"cpu": limits.cpu} if plan.environment.cpu_limits else {})}


def container(
    name: str,
    image: str,
    resources: Manifest,
    *,
    command: Iterable[str] = (),
    args: Iterable[str] = (),
    endpoint: Endpoint | None = None,
    ports: Iterable[str] | None = None,
    env: Mapping[str, str] | None = None,
    probes: Manifest | None = None,
    mounts: Iterable[Mount] = (),
) -> Manifest:
    """Return a container under the restricted profile; `ports` names those of the endpoint's listeners it serves."""
    chosen = [] if endpoint is None else [port for port in endpoint.listeners if ports is None or port.name in ports]
    result: Manifest = {"name": name, "image": image, "imagePullPolicy": "IfNotPresent"}
    optional: Manifest = {
        "command": list(command),
        "args": list(args),
        "ports": [{"name": port_name(p.name), "containerPort": p.number, "protocol": p.protocol} for p in chosen],
        "env": [{"name": key, "value": value} for key, value in (env or {}).items()],
        "volumeMounts": [mount.in_container() for mount in mounts],
    }
    result |= {key: value for key, value in optional.items() if value}
    return result | (probes or {}) | {"resources": resources, "securityContext": RESTRICTED}


def probes(plan: Plan, startup: Manifest, readiness: Manifest, liveness: Manifest, *, starts: int = 1) -> Manifest:
    """Return the three probes, given as actions, with the environment's timings; `starts` lengthens the start."""
    timing = plan.environment.probes
    failures = timing.liveness_failures
    if readiness == liveness:  # it is called unready long before it is killed
        failures = max(failures, 2 * timing.readiness_period * timing.readiness_failures // timing.liveness_period)
    return {
        "startupProbe": {
            **startup,
            "periodSeconds": timing.startup_period,
            "timeoutSeconds": timing.liveness_timeout,
            "failureThreshold": timing.startup_failures * starts,
        },
        "readinessProbe": {
            **readiness,
            "periodSeconds": timing.readiness_period,
            "timeoutSeconds": timing.readiness_timeout,
            "failureThreshold": timing.readiness_failures,
        },
        "livenessProbe": {
            **liveness,
            "periodSeconds": timing.liveness_period,
            "timeoutSeconds": timing.liveness_timeout,
            "failureThreshold": failures,
        },
    }


def http_probe(path: str, port: int) -> Manifest:
    """Return an HTTP action; it names no host, which is always the pod itself."""
    return {"httpGet": {"path": path, "port": port, "scheme": "HTTP"}}


def exec_probe(*command: str) -> Manifest:
    """Return an action that runs a command in the container."""
    return {"exec": {"command": list(command)}}


def tcp_probe(port: int) -> Manifest:
    """Return an action that opens a connection."""
    return {"tcpSocket": {"port": port}}


def template(plan: Plan, pod: PodTemplate) -> Manifest:
    """Return a pod template that passes the restricted profile, and resolves the seeds' short names."""
    volumes = [mount.volume for mount in pod.mounts if len(mount.volume) > 1]
    spec: Manifest = {
        "serviceAccountName": name_of(pod.endpoint),
        "automountServiceAccountToken": pod.token,
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": pod.user,
            "runAsGroup": pod.user,
            "fsGroup": pod.user,
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "terminationGracePeriodSeconds": pod.grace,
        "containers": bounded(pod.containers, volumes),
    }
    optional: Manifest = {
        "initContainers": bounded(pod.init),
        "volumes": volumes,
        "dnsConfig": _dns(plan, pod.endpoint),
        "hostAliases": list(pod.host_aliases),
        "priorityClassName": pod.priority,
        "restartPolicy": pod.restart,
        "topologySpreadConstraints": spread(plan, pod.endpoint) if pod.spread else None,
    }
    spec |= {key: value for key, value in optional.items() if value}
    labels = metadata(None, "", pod.labels)["labels"]
    annotations = {"annotations": dict(pod.annotations)} if pod.annotations else {}
    return {"metadata": {"labels": labels, **annotations}, "spec": spec}


def _dns(plan: Plan, endpoint: Endpoint) -> Manifest | None:
    """Add the namespaces that the workload's rows lead to, so that short names of other segments resolve."""
    namespaces = plan.searches(endpoint)
    return {"searches": [f"{namespace}.svc.cluster.local" for namespace in namespaces]} if namespaces else None
