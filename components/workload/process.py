"""Processes: what the pods of services and jobs have in common."""

from typing import Unpack

from quadrant_platform.components.builders.containers import drained
from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.components.builders.pod_template import PodOptions
from quadrant_platform.components.builders.volumes import Mount, claimed, config_mounts, scratch, secret_mount
from quadrant_platform.components.builders.workload import Workload
from quadrant_platform.model.expansion.planned import PlannedProcess
from quadrant_platform.model.schema.service import SECRETS_DIR, JobSpec, ServiceSpec

SCRATCH_DIR = "/tmp"

Process = PlannedProcess[ServiceSpec] | PlannedProcess[JobSpec]


def pod(
    w: Workload, process: Process, probes: Manifest, *, serves: bool = False, **options: Unpack[PodOptions]
) -> Manifest:
    """Return the template of pods with one container, which calls some external APIs by their own names.

    One that serves others gets the signal to stop after they have learned of it.
    """
    program = process.program
    container = w.sidecar(
        w.name,
        program.image,
        process.limits,
        command=program.command,
        args=program.args,
        ports=w.ports.values(),
        env=environment_variables(process),
        probes=probes,
        mounts=options.get("mounts", ()),
    )
    options["host_aliases"] = [{"ip": api.address, "hostnames": [api.spec.host]} for api in process.passthrough]
    return w.pod(drained(container) if serves else container, **options)


def mounts_of(process: Process) -> list[Mount]:
    """Return everything that a service or job declares: configuration, secrets, volumes, and scratch space."""
    mounts = list(config_mounts(process.configs))
    if process.secrets:
        mounts.append(secret_mount(process.secrets))
    for name, volume in process.spec.volumes.items():
        persistent = volume.persistent
        mounts.append(claimed(volume.path, name) if persistent else scratch(name, volume.path, str(volume.size)))
    if all(mount.path != SCRATCH_DIR for mount in mounts):
        mounts.append(scratch("tmp", SCRATCH_DIR))
    return mounts


def environment_variables(process: Process) -> dict[str, str]:
    """Return the few variables there are: the declared ones, and where the files are."""
    variables: dict[str, str] = {str(key): value for key, value in process.spec.env.items()}
    variables |= {config.spec.variable: config.spec.path for config in process.configs if config.spec.variable}
    return variables | ({"SECRETS_DIR": SECRETS_DIR} if process.secrets else {})
