"""Objects that make others, which no policy reads before they are applied."""

from __future__ import annotations

from collections.abc import Iterator

from quadrant_platform.policies.core.policy import Finding, ResourcePolicy, Severity, Subject
from quadrant_platform.policies.rules.api.api_versions import GROUPS

_RENDERS = frozenset({
    "helm.sh/v2", "helm.sh/v3", "helm.toolkit.fluxcd.io", "helm.cattle.io", "helm.crossplane.io",
})  # fmt: skip
"""Groups, or versions of the engine's own, whose objects are templates that a controller renders."""
_FILES = frozenset({"yaml", "yaml/v2", "kustomize", "kustomize/v2"})
"""The engine's resources that read manifests from files."""


def no_opaque(subject: Subject) -> Iterator[Finding]:
    """Check that no resource hides the objects that it makes."""
    version, kind = subject.obj.api_version, subject.obj.kind
    group = subject.obj.group
    if {version, group} & _RENDERS:
        yield Finding(f"{version} {kind} renders its objects inside the cluster", "release")
    elif version in _FILES:
        yield Finding(f"{version} {kind} reads objects from files, which reach no policy in every version", "file")
    elif "." in group and group not in GROUPS | subject.config.custom_groups:
        yield Finding(f"the objects that {version} {kind} makes are unknown: customGroups lacks {group}", "custom")


POLICIES = (
    ResourcePolicy(
        name="no-opaque-resources", title="Every object is visible before it is applied",
        severity=Severity.HIGH, tags=("hygiene",), predicate=no_opaque,
        why="What a release or an operator renders inside the cluster passes no policy.",
        remedy="Use helm.v4.Chart, or native resources; list the groups of other operators in customGroups.",
    ),
)  # fmt: skip
