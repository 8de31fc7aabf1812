"""Containers: the restricted security context, resources and probes of every container."""

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict, Unpack

from quadrant_platform.components.builders.manifests import Manifest, port_name
from quadrant_platform.components.builders.volumes import Mount
from quadrant_platform.model.expansion.endpoint import Listener
from quadrant_platform.model.expansion.planned import Planned
from quadrant_platform.model.schema.pod_settings import ProbeTiming
from quadrant_platform.model.schema.service import Size

RESTRICTED: Manifest = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
}
DRAIN = 5
"""Seconds in which a pod that is to stop still serves: so long other nodes may send it new connections."""
RECOVERY = 10
"""How many usual starts a store may take that reads its files before it opens its port."""


class ContainerOptions(TypedDict, total=False):
    """What varies from container to container."""

    command: Iterable[str]
    args: Iterable[str]
    ports: Iterable[Listener]
    env: Mapping[str, str]
    probes: Manifest
    mounts: Iterable[Mount]


def container(name: str, image: str, resources: Manifest, **options: Unpack[ContainerOptions]) -> Manifest:
    """Return a container under the restricted profile."""
    ports = options.get("ports", ())
    result: Manifest = {"name": name, "image": image, "imagePullPolicy": "IfNotPresent"}
    optional: Manifest = {
        "command": list(options.get("command", ())),
        "args": list(options.get("args", ())),
        "ports": [{"name": port_name(p.name), "containerPort": p.number, "protocol": p.protocol} for p in ports],
        "env": [{"name": key, "value": value} for key, value in options.get("env", {}).items()],
        "volumeMounts": [mount.in_container() for mount in options.get("mounts", ())],
    }
    result |= {key: value for key, value in optional.items() if value}
    return result | options.get("probes", {}) | {"resources": resources, "securityContext": RESTRICTED}


def resources(planned: Planned[Any], limits: Size) -> Manifest:
    """Return requests and limits in canonical quantities; requests are the environment's share of the limits."""
    requests = planned.requests(limits)
    bounds = {"memory": str(limits.memory)} | ({"cpu": str(limits.cpu)} if planned.settings.cpu_limits else {})
    return {"requests": {"cpu": str(requests.cpu), "memory": str(requests.memory)}, "limits": bounds}


def probes(
    timing: ProbeTiming, startup: Manifest, readiness: Manifest, liveness: Manifest, *, starts: int = 1
) -> Manifest:
    """Return the three probes, given as actions; `starts` lengthens the start."""
    failures = timing.liveness_failures
    if readiness == liveness:  # readiness must fail well before liveness
        failures = max(failures, 2 * timing.readiness_period * timing.readiness_failures // timing.liveness_period)
    start, patience = timing.startup_failures * starts, timing.liveness_timeout
    return {
        "startupProbe": _timed(startup, timing.startup_period, patience, start),
        "readinessProbe": _timed(
            readiness, timing.readiness_period, timing.readiness_timeout, timing.readiness_failures
        ),
        "livenessProbe": _timed(liveness, timing.liveness_period, patience, failures),
    }


def _timed(action: Manifest, period: int, timeout: int, failures: int) -> Manifest:
    return {**action, "periodSeconds": period, "timeoutSeconds": timeout, "failureThreshold": failures}


def http_probe(path: str, port: int) -> Manifest:
    """Return an HTTP action; it names no host, which is always the pod itself."""
    return {"httpGet": {"path": path, "port": port, "scheme": "HTTP"}}


def exec_probe(*command: str) -> Manifest:
    """Return an action that runs a command in the container."""
    return {"exec": {"command": list(command)}}


def drained(container: Manifest) -> Manifest:
    """Return a container that is told to stop after its pod has left the load balancing."""
    return container | {"lifecycle": {"preStop": {"sleep": {"seconds": DRAIN}}}}


def tcp_probe(port: int) -> Manifest:
    """Return an action that opens a connection."""
    return {"tcpSocket": {"port": port}}
