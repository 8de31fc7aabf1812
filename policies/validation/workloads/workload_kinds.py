"""The kinds that make pods, with their rules."""

from collections.abc import Callable, Mapping

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.native_kind import NativeKind
from quadrant_platform.policies.validation.pods.pod_spec import pod_spec


def _below(*keys: str) -> Callable[[Field], None]:
    return lambda field: pod_spec(field.at(*keys))


_TEMPLATE = ("spec", "template", "spec")
WORKLOADS: Mapping[tuple[str, str], NativeKind] = {
    ("v1", "Pod"): NativeKind(_below("spec")),
    ("v1", "PodTemplate"): NativeKind(_below("template", "spec")),
    ("v1", "ReplicationController"): NativeKind(_below(*_TEMPLATE)),
    ("apps/v1", "Deployment"): NativeKind(_below(*_TEMPLATE)),
    ("apps/v1", "ReplicaSet"): NativeKind(_below(*_TEMPLATE)),
    ("apps/v1", "DaemonSet"): NativeKind(_below(*_TEMPLATE)),
    ("apps/v1", "StatefulSet"): NativeKind(_below(*_TEMPLATE), name=formats.dns_label),
    ("batch/v1", "Job"): NativeKind(_below(*_TEMPLATE)),
    ("batch/v1", "CronJob"): NativeKind(_below("spec", "jobTemplate", *_TEMPLATE)),
}
"""Their rules, by version and kind."""
