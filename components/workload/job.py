"""Jobs: migrations, backups and maintenance, once a release or on a schedule."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from quadrant_platform.components.base.component import Address, Component, Names
from quadrant_platform.components.builders.engine_images import BUSYBOX
from quadrant_platform.components.builders.manifests import Manifest, manifest
from quadrant_platform.components.builders.volumes import Mount, scripts
from quadrant_platform.components.builders.workload import Workload
from quadrant_platform.components.workload import process
from quadrant_platform.model.expansion.planned import PlannedProcess, Server
from quadrant_platform.model.expansion.scheduled import START_SECONDS
from quadrant_platform.model.schema.service import JobSpec
from quadrant_platform.model.schema.types import seconds


class JobInputs(NamedTuple):
    """A job, and the data stores that it may wait for."""

    job: PlannedProcess[JobSpec]
    stores: Mapping[str, Address | Server]


class Job(Component[JobInputs, Names]):
    """One job."""

    token = "workload:Job"

    @staticmethod
    def manifests(inputs: JobInputs) -> Iterator[Manifest]:
        """Yield the account, the scripts, the claims, which outlive the runs, and the Job or CronJob."""
        w, spec = Workload(inputs.job), inputs.job.spec
        yield w.account()
        if spec.files:
            yield w.config_map("scripts", spec.files)
        yield from claims(inputs.job)
        yield _scheduled(w, spec, run(w, inputs))

    @staticmethod
    def results(inputs: JobInputs) -> Names:
        """Return the Job or CronJob."""
        return Names([inputs.job.name])


def claims(job: PlannedProcess[JobSpec]) -> Iterator[Manifest]:
    """Yield the claims of a job."""
    w = Workload(job)
    for name, volume in job.spec.persistent.items():
        meta = w.metadata(_claim(w, name))
        yield manifest("v1", "PersistentVolumeClaim", meta, w.claim(volume.size))


def _scheduled(w: Workload, spec: JobSpec, run: Manifest) -> Manifest:
    meta = w.metadata()
    if spec.schedule is None:
        return manifest("batch/v1", "Job", meta, run)
    schedule = {
        "schedule": spec.schedule,
        "timeZone": spec.timezone,
        "concurrencyPolicy": "Forbid",
        "startingDeadlineSeconds": START_SECONDS,
        "successfulJobsHistoryLimit": 3,
        "failedJobsHistoryLimit": 3,
        "jobTemplate": {"metadata": {"labels": meta["labels"]}, "spec": run},
    }
    return manifest("batch/v1", "CronJob", meta, schedule)


def run(w: Workload, inputs: JobInputs) -> Manifest:
    """Return one run: it waits for its stores, runs once, and starts anew on failure."""
    job, spec = inputs.job, inputs.job.spec
    mounts = [_bound(w, spec, mount) for mount in process.mounts_of(job)]
    template = process.pod(
        w,
        job,
        {},
        mounts=[*mounts, *([scripts(f"{w.name}-scripts")] if spec.files else [])],
        init=[_waits(w, store, inputs.stores[store].port) for store in spec.waits_for],
        texts=spec.files.values(),
        restart="OnFailure",
        spread=False,
    )
    deadline = seconds(spec.deadline)
    return {"backoffLimit": spec.retries, "activeDeadlineSeconds": deadline, "template": template}


def _waits(w: Workload, store: str, port: int) -> Manifest:
    loop = f"until nc -z -w 2 {store} {port}; do echo waiting for {store}; sleep 2; done"
    return w.sidecar(f"wait-for-{store}"[:63], BUSYBOX, command=["/bin/sh", "-c", loop])


def _bound(w: Workload, spec: JobSpec, mount: Mount) -> Mount:
    """Return a mount with its claim; only a StatefulSet would make one."""
    name = mount.volume["name"]
    if name not in spec.persistent:
        return mount
    return replace(mount, volume={"name": name, "persistentVolumeClaim": {"claimName": _claim(w, name)}})


def _claim(w: Workload, volume: str) -> str:
    return f"{w.data_name}-{volume}"
