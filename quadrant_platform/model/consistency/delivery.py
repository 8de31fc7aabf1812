"""Releases, jobs, backups and drills: what they name exists and what they ask has an effect."""

from quadrant_platform.documents.problems import KeyPath, Problem
from quadrant_platform.model.consistency.context import STORE_KINDS, Context, Found
from quadrant_platform.model.schema.delivery import Rollout
from quadrant_platform.model.schema.schedule import longest_gap
from quadrant_platform.model.schema.service import JobSpec, ServiceSpec
from quadrant_platform.model.schema.types import seconds

BACKUP_KINDS = (
    "*", "configmaps", "secrets", "persistentvolumeclaims", "persistentvolumes", "services", "serviceaccounts",
    "deployments", "statefulsets", "cronjobs", "ingressroutes", "networkpolicies", "namespaces", "rollouts",
)  # fmt: skip
"""Kinds of objects that a backup may name, besides data stores."""


def rollouts(context: Context) -> Found:
    """Check that analyses exist, and that a rolling update has no settings of the other strategies."""
    for name, service in context.system.services.items():
        path: KeyPath = ("services", name, "rollout")
        for key, analyses in (
            ("beforePromotion", service.rollout.before_promotion), ("afterPromotion", service.rollout.after_promotion),
        ):  # fmt: skip
            for place, analysis in enumerate(analyses):
                yield from context.unknown((*path, key, place), analysis, "analysis", context.system.analyses)
        if service.rollout.strategy == "rolling":
            yield from _without_effect(path, service.rollout)
        yield from _copies(name, service)


def _without_effect(path: KeyPath, rollout: Rollout) -> Found:
    kept = ("strategy", "name")
    fields = type(rollout).model_fields
    for field in sorted(rollout.model_fields_set.difference(kept), key=list(fields).index):
        key = fields[field].alias or field
        what = f"{key!r} has no effect on a rolling update"
        yield Problem((*path, key), what, "set `strategy: canary` or `blueGreen`, or remove it")


def _copies(name: str, service: ServiceSpec) -> Found:
    if isinstance(service.replicas, int) and service.replicas < 1:
        what = f"{service.replicas} replicas; a service needs at least one"
        yield Problem(("services", name, "replicas"), what, "use 1 or more, or remove the service")


def jobs(context: Context) -> Found:
    """Check that a job waits for data stores that exist and that it may reach."""
    stores = context.named(*STORE_KINDS)
    reached = {pair for row in context.system.flows for pair in row.pairs}
    for name, job in context.system.jobs.items():
        for place, store in enumerate(job.waits_for):
            path: KeyPath = ("jobs", name, "waitsFor", place)
            if store in context.ends and store not in stores:
                what = f"{store!r} is no data store, and jobs wait for those only"
                yield Problem(path, what, "name a data store; a service's job retries")
            yield from context.unknown(path, store, "data store", stores) if store not in context.ends else ()
            if store in stores and (name, store) not in reached and not context.gaps.may_reference(name):
                yield Problem(path, f"{name!r} waits for {store!r}, but no flow lets it reach it", "add the row")
        yield from _scripts(name, job)
        yield from _lateness(name, job)


def _scripts(name: str, job: JobSpec) -> Found:
    for file in job.files:
        if "/" in file:
            yield Problem(
                ("jobs", name, "files", file), f"{file!r} is a path, not a file name", "leave the folders out"
            )


def _lateness(name: str, job: JobSpec) -> Found:
    """Check that a job is not late while it waits for its next run."""
    if job.schedule is None or job.late_after is None:
        return
    gap = longest_gap(job.schedule, job.timezone)
    if seconds(job.late_after) <= gap.total_seconds():
        hours = f"{gap.total_seconds() / 3600:g} hours"
        what = f"{job.late_after} after a success the next run has not begun: up to {hours} lie between two"
        yield Problem(("jobs", name, "lateAfter"), what, "raise it, or remove it: the schedule gives one")


def backups(context: Context) -> Found:
    """Check that a backup contains kinds of objects, or data stores that exist."""
    backup = context.system.backup
    stores = context.named(*STORE_KINDS)
    for name, schedule in backup.schedules.items() if backup is not None else ():
        path: KeyPath = ("backup", "schedules", name)
        for place, content in enumerate(schedule.content):
            known = [*stores, *BACKUP_KINDS]
            yield from context.unknown((*path, "content", place), content, "data store or kind of object", known)
        for place, hook in enumerate(schedule.hooks):
            yield from context.unknown((*path, "hooks", place), hook, "data store", stores)


def drills(context: Context) -> Found:
    """Check that chaos experiments and load tests have targets."""
    workloads = [*context.named("service", *STORE_KINDS), "traefik", "traefik-egress"]
    for name, experiment in context.system.chaos.items():
        for place, target in enumerate(experiment.target):
            path: KeyPath = ("chaos", name, "target", place)
            yield from context.unknown(path, target, "workload", workloads)
    services = context.named("service")
    for name, load in context.system.load.items():
        yield from context.unknown(("load", name, "target"), load.target, "service", services)


def dev_ports(context: Context) -> Found:
    """Check that a forwarded port leads to a port of a workload."""
    workloads = context.named("service", *STORE_KINDS)
    for number, forwarded in context.system.dev_ports.items():
        path: KeyPath = ("devPorts", number)
        name, _, port = forwarded.rpartition(":")
        if not port.isdigit():
            yield Problem(path, f"{forwarded!r} names no port", f"write `{forwarded or '<workload>'}:<port>`")
        elif name != "traefik":
            yield from context.unknown(path, name, "workload", [*workloads, "traefik"])
            yield from context.ends[name].missing_port(path, name, port) if name in workloads else ()
