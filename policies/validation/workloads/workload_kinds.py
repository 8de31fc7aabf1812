"""The kinds that make pods, with their rules."""

from collections.abc import Mapping

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.native_kind import NativeKind
from quadrant_platform.policies.validation.pods.pod_spec import pod, pod_template
from quadrant_platform.policies.validation.workloads.cron_jobs import cron_job
from quadrant_platform.policies.validation.workloads.deployments import (
    daemon_set,
    deployment,
    replica_set,
    replication_controller,
)
from quadrant_platform.policies.validation.workloads.jobs import job
from quadrant_platform.policies.validation.workloads.stateful_sets import stateful_set


def _template(one: Field) -> None:
    pod_template(one.at("template"))


WORKLOADS: Mapping[tuple[str, str], NativeKind] = {
    ("v1", "Pod"): NativeKind(pod),
    ("v1", "PodTemplate"): NativeKind(_template),
    ("v1", "ReplicationController"): NativeKind(replication_controller),
    ("apps/v1", "Deployment"): NativeKind(deployment),
    ("apps/v1", "ReplicaSet"): NativeKind(replica_set),
    ("apps/v1", "DaemonSet"): NativeKind(daemon_set),
    ("apps/v1", "StatefulSet"): NativeKind(stateful_set, name=formats.dns_label),
    ("batch/v1", "Job"): NativeKind(job),
    ("batch/v1", "CronJob"): NativeKind(cron_job),
}
"""Their rules, by version and kind."""
