"""Programs: what a service's or a job's container runs, its own image or the stand-in for it.

The stand-in is one image in place of the system's own, which only their owners can pull.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from quadrant_platform.model.expansion.external_apis import PlannedApi
from quadrant_platform.model.expansion.matrix import Row
from quadrant_platform.model.expansion.topology import Topology
from quadrant_platform.model.schema.service import ContainerSpec, JobSpec, ServiceSpec
from quadrant_platform.model.schema.types import seconds

COMMAND = ("python3", "-m", "sample")


@dataclass(frozen=True)
class Program:
    """What a container runs."""

    image: str
    command: tuple[str, ...]
    args: tuple[str, ...]


@dataclass(frozen=True)
class Calls:
    """What a workload calls by the flow table: the rows that leave it, and the external APIs among their targets."""

    topology: Topology
    rows: Iterable[Row]
    apis: Iterable[PlannedApi]


def program(name: str, spec: ServiceSpec | JobSpec, calls: Calls) -> Program:
    """Return a workload's own program, or the stand-in: a service with its ports and paths, or a job's migration.

    A job with scripts of its own runs them with an image of tools, which is not the system's own.
    """
    environment, has_tools = calls.topology.environment, isinstance(spec, JobSpec) and bool(spec.files)
    if environment.stand_in is None or has_tools or name in environment.images:
        return Program(environment.images.get(name, spec.image), spec.command, spec.args)
    task = (
        ["serve", f"--name={name}", *_served(spec)] if isinstance(spec, ServiceSpec) else ["migrate", f"--name={name}"]
    )
    return Program(environment.stand_in, COMMAND, (*task, *_call_options(spec, calls)))


def _served(service: ServiceSpec) -> Iterator[str]:
    yield from (f"--port={port}={number}" for port, number in service.ports.items())
    if service.metrics is not None:
        yield f"--metrics={service.metrics.port}:{service.metrics.path}"
    probes = service.probes
    yield f"--ready={probes.readiness}"
    yield from (f"--alive={path}" for path in sorted({probes.startup, probes.liveness, probes.basic}))
    yield f"--grace={seconds(service.termination_grace)}"


def service_names(name: str, read_only: str | None) -> dict[str, str]:
    """Return the Service names of a database by what they select: `rw` the primary, `ro` the replicas."""
    return {name: "rw"} | ({read_only: "ro"} if read_only else {})


def _call_options(process: ContainerSpec, calls: Calls) -> Iterator[str]:
    """Yield every host that the workload calls, with the file of its password where the process mounts it."""
    targets = {row.target.id for row in calls.rows if row.implied is None and row.target.kind != "egress"}
    hosts: dict[str, str | None] = {api.host: None for api in calls.apis}
    for name, target in calls.topology.endpoints.items():
        if target.id in targets:
            hosts |= _hosts(calls.topology, name)
    for host, secret in sorted(hosts.items()):
        file = next(iter(calls.topology.system.secrets[secret].keys)) if secret in process.secrets and secret else None
        yield f"--calls={host}={file}" if file else f"--calls={host}"


def _hosts(topology: Topology, name: str) -> dict[str, str | None]:
    """Return the host names under which clients reach a workload, each with the secret that they log in with."""
    system = topology.system
    databases = {**system.databases, **system.external_databases}
    if name in databases:
        return dict.fromkeys(service_names(name, databases[name].read_only_service), databases[name].password)
    if name in system.poolers:
        return {name: databases[system.poolers[name].database].password}
    if name in system.caches:
        return {name: system.caches[name].password}
    if name.startswith("operator:"):
        peer = topology.environment.control_peers[name.removeprefix("operator:")]
        return {f"{peer.service}.{peer.namespace}": None}
    service = system.services.get(name)
    return dict.fromkeys((name, *(service.aliases if service else ())))
