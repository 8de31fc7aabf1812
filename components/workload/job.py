"""Jobs: migrations, backups and maintenance, once a release or on a schedule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypedDict

import pulumi

from quadrant_platform.components.base.component import BuildContext, register
from quadrant_platform.components.builders import manifests, pod_template
from quadrant_platform.components.builders.engine_images import BUSYBOX
from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.components.builders.passthrough import host_aliases
from quadrant_platform.components.builders.volumes import (
    claim_template,
    environment_variables,
    fingerprint,
    mounts_of,
    scripts,
)
from quadrant_platform.components.workload.priorities import class_name
from quadrant_platform.components.workload.stand_in import job_program
from quadrant_platform.model.expansion.endpoint import Endpoint
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.schema import service as declared
from quadrant_platform.model.schema.types import seconds


class JobArgs(TypedDict):
    """What a job is built from."""

    site: BuildContext
    job: declared.JobSpec


class Job(pulumi.ComponentResource):
    """One job; a stage that does not run it gets nothing."""

    def __init__(self, name: str, args: JobArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("quadrant:workload:Job", name, None, opts)
        for manifest in objects(args["site"].plan, name, args["job"]):
            register(self, manifest, args["site"])
        self.register_outputs({})


def objects(plan: Plan, name: str, job: declared.JobSpec) -> Iterator[Manifest]:
    """Yield the account, the scripts, and the Job or CronJob."""
    endpoint = plan.topology.endpoints.get(name)
    if endpoint is None:
        return
    labels = manifests.workload_labels(plan, endpoint, job.resources.tier, job.attached)
    labels["quadrant.dev/purpose"] = job.purpose
    yield manifests.service_account(endpoint, labels)
    if job.files:
        yield manifests.config_map(endpoint.namespace, _scripts(name), job.files, labels)
    yield from _claims(plan, endpoint, job, labels)
    yield _scheduled(endpoint, job, labels, _run(plan, endpoint, job, labels))


def _claims(plan: Plan, endpoint: Endpoint, job: declared.JobSpec, labels: Mapping[str, str]) -> Iterator[Manifest]:
    """Yield the claims of a job's own, which outlive its runs."""
    for name, volume in job.volumes.items():
        if volume.persistent:
            yield {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "metadata": manifests.metadata(endpoint.namespace, _claim(endpoint, name), labels),
                "spec": claim_template(plan, volume.size)["spec"],
            }


def _bound(endpoint: Endpoint, job: declared.JobSpec, mount: pod_template.Mount) -> pod_template.Mount:
    """Return a mount with its claim; only a StatefulSet would make one."""
    name = mount.volume["name"]
    if name not in job.volumes or not job.volumes[name].persistent:
        return mount
    return replace(mount, volume={"name": name, "persistentVolumeClaim": {"claimName": _claim(endpoint, name)}})


def _claim(endpoint: Endpoint, volume: str) -> str:
    return f"{manifests.name_of(endpoint)}-{volume}"


def _run(plan: Plan, endpoint: Endpoint, job: declared.JobSpec, labels: Mapping[str, str]) -> Manifest:
    return {
        "backoffLimit": job.retries,
        "activeDeadlineSeconds": seconds(job.deadline),
        "template": pod_template.template(plan, pod(plan, endpoint, job, labels)),
    }


def _scheduled(endpoint: Endpoint, job: declared.JobSpec, labels: Mapping[str, str], run: Manifest) -> Manifest:
    meta = manifests.metadata(endpoint.namespace, manifests.name_of(endpoint), labels)
    if job.schedule is None:
        return {"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": run}
    spec = {
        "schedule": job.schedule,
        "timeZone": job.timezone,
        "concurrencyPolicy": "Forbid",
        "startingDeadlineSeconds": 300,
        "successfulJobsHistoryLimit": 3,
        "failedJobsHistoryLimit": 3,
        "jobTemplate": {"metadata": {"labels": meta["labels"]}, "spec": run},
    }
    return {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": meta, "spec": spec}


def pod(plan: Plan, endpoint: Endpoint, job: declared.JobSpec, labels: Mapping[str, str]) -> pod_template.PodTemplate:
    """Return the job's pod: it waits for its stores, runs once, and starts anew on failure."""
    name = manifests.name_of(endpoint)
    declared_mounts = (_bound(endpoint, job, mount) for mount in mounts_of(plan, job))
    mounts = [*declared_mounts, *([scripts(_scripts(name))] if job.files else [])]
    program = job_program(plan, endpoint, name, job)
    container = pod_template.container(
        name,
        program.image,
        pod_template.sized(plan, pod_template.limits_of(plan, job.resources)),
        command=program.command,
        args=program.args,
        env=environment_variables(plan, job),
        mounts=mounts,
    )
    return pod_template.PodTemplate(
        endpoint,
        labels,
        [container],
        init=list(_waits(plan, job)),
        mounts=mounts,
        priority=class_name(plan, "supporting"),
        restart="OnFailure",
        spread=False,
        host_aliases=host_aliases(plan, name),
        annotations={"quadrant.dev/config": fingerprint(job.files.values())} if job.files else {},
    )


def _waits(plan: Plan, job: declared.JobSpec) -> Iterator[Manifest]:
    for store in job.waits_for:
        first = plan.topology.endpoints[store].listeners[0]
        port = first.published or first.number
        loop = f"until nc -z -w 2 {store} {port}; do echo waiting for {store}; sleep 2; done"
        resources = pod_template.sized(plan, pod_template.HELPER)
        yield pod_template.container(f"wait-for-{store}"[:63], BUSYBOX, resources, command=["/bin/sh", "-c", loop])


def _scripts(name: str) -> str:
    return f"{name}-scripts"
