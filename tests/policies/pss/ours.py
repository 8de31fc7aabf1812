"""The pack's evaluator in the form in which it is compared with Kubernetes' own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from quadrant_platform.policies.configuration.pod_security_version import Profile, Version
from quadrant_platform.policies.core.objects import Object
from quadrant_platform.policies.core.workload_pods import pod_of
from quadrant_platform.policies.pss.checks import CHECKS, Judge, ids_of
from quadrant_platform.vocabulary import POD_TEMPLATES
from tests.policies.pss.upstream import Verdicts

VERSIONS = tuple(Version(1, minor) for minor in range(34, 39))
"""From the oldest to one past the newest in which a check changed."""

RUN = {(profile, version): ids_of(profile, version) for profile in Profile for version in VERSIONS}
"""The checks that are run for each profile and version."""

Lookup = Callable[[str, Version], Judge | None]
"""How a check judges in a version."""

_API_VERSIONS = {"Rollout": "argoproj.io/v1alpha1", "Job": "batch/v1", "CronJob": "batch/v1"} | dict.fromkeys(
    ("Pod", "PodTemplate", "ReplicationController"), "v1"
)


def workload(kind: str, pod: Mapping[str, Any]) -> Object:
    """Return a workload of any kind that makes this pod."""
    manifest: dict[str, Any] = dict(pod)
    for key in reversed(POD_TEMPLATES[kind]):
        manifest = {key: manifest}
    head = {"apiVersion": _API_VERSIONS.get(kind, "apps/v1"), "kind": kind}
    metadata = {"name": "w", **manifest.get("metadata", {})}
    return Object({**head, **manifest, "metadata": metadata})


def as_shipped(check: str, version: Version) -> Judge | None:
    """Return the pack's own check."""
    return CHECKS[check].judge(version)


def verdicts(obj: Object, lookup: Lookup = as_shipped) -> Verdicts:
    """Return the checks that the workload's pod violates, by profile and version."""
    pod = pod_of(obj)
    assert pod, "the workload makes a pod"
    known: dict[Judge, bool] = {}
    violated: dict[Version, set[str]] = {version: set() for version in VERSIONS}
    for name in CHECKS:
        for version in VERSIONS:
            judge = lookup(name, version)
            if judge and judge not in known:
                known[judge] = any(True for _ in judge(pod))
            if judge and known[judge]:
                violated[version].add(name)
    return {(profile, version): frozenset(violated[version] & RUN[profile, version]) for profile, version in RUN}
