"""The stand-in: one image in place of the system's own, which nobody but its owners can pull."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quadrant_platform.components.builders.volumes import egress_service
from quadrant_platform.components.database.postgresql_settings import service_names
from quadrant_platform.model.expansion.endpoint import Endpoint
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.expansion.workloads import external_apis
from quadrant_platform.model.schema.service import ContainerSpec, JobSpec, ServiceSpec
from quadrant_platform.model.schema.types import seconds

COMMAND = ("python3", "-m", "sample")


@dataclass(frozen=True)
class Program:
    """What a container runs."""

    image: str
    command: Sequence[str]
    args: Sequence[str]


def service_program(plan: Plan, endpoint: Endpoint, name: str, service: ServiceSpec) -> Program:
    """Return a service's own program, or the stand-in with its ports, paths and dependencies."""
    image = plan.environment.stand_in
    if image is None or name in plan.environment.images:
        return Program(plan.environment.images.get(name, service.image), service.command, service.args)
    args = [f"--port={port}={number}" for port, number in service.ports.items()]
    if service.metrics is not None:
        args.append(f"--metrics={service.metrics.port}:{service.metrics.path}")
    probes = service.probes
    args.append(f"--ready={probes.readiness}")
    args += [f"--alive={path}" for path in sorted({probes.startup, probes.liveness, probes.basic})]
    args.append(f"--grace={seconds(service.termination_grace)}")
    return Program(image, COMMAND, ("serve", f"--name={name}", *args, *_calls(plan, endpoint, service)))


def job_program(plan: Plan, endpoint: Endpoint, name: str, job: JobSpec) -> Program:
    """Return a job's own program, or the stand-in's migration.

    A job that brings its scripts runs them with an image of tools, which is not the system's own.
    """
    image = plan.environment.stand_in
    if image is None or job.files or name in plan.environment.images:
        return Program(plan.environment.images.get(name, job.image), job.command, job.args)
    return Program(image, COMMAND, ("migrate", f"--name={name}", *_calls(plan, endpoint, job)))


def _calls(plan: Plan, endpoint: Endpoint, process: ContainerSpec) -> list[str]:
    """Return every host to which the flow table leads, with the file of its password where the process mounts it."""
    hosts: dict[str, str | None] = {}
    rows = [row for row in plan.rows[endpoint.id][1] if row.implied is None]
    targets = {row.target.id for row in rows if row.target.kind != "egress"}
    for name, target in plan.topology.endpoints.items():
        if target.id in targets:
            hosts |= _hosts(plan, name)
    ports = {row.listener.number for row in rows if row.target.kind == "egress"}
    for name, api in external_apis(plan.system, plan.environment).items():
        if api.egress_port in ports:
            hosts[api.host if api.mode == "passthrough" else egress_service(name)] = None
    return [f"--calls={host}{_file(plan, process, secret)}" for host, secret in sorted(hosts.items())]


def _hosts(plan: Plan, name: str) -> dict[str, str | None]:
    """Return the host names under which clients know a workload, each with the secret that they log in with."""
    system = plan.system
    databases = {**system.databases, **system.external_databases}
    if name in databases:
        return dict.fromkeys(service_names(name, databases[name]), databases[name].password)
    if name in system.poolers:
        return {name: databases[system.poolers[name].database].password}
    if name in system.caches:
        return {name: system.caches[name].password}
    if name.startswith("operator:"):
        peer = plan.environment.control_peers[name.removeprefix("operator:")]
        return {f"{peer.service}.{peer.namespace}": None}
    service = system.services.get(name)
    return dict.fromkeys((name, *(service.aliases if service else ())))


def _file(plan: Plan, process: ContainerSpec, secret: str | None) -> str:
    if secret is None or secret not in process.secrets:
        return ""
    return f"={next(iter(plan.system.secrets[secret].keys))}"
