"""Kinds of the Kubernetes API: whether their version stays, and whether they hide other objects."""

import re
from collections.abc import Iterator

from quadrant_platform.policies.core import Finding, ResourcePolicy, Severity, Subject
from quadrant_platform.policies.core.makers import MAKERS

GROUPS = frozenset({
    "", "admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "apps",
    "authentication.k8s.io", "authorization.k8s.io", "autoscaling", "batch", "certificates.k8s.io",
    "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io", "extensions", "flowcontrol.apiserver.k8s.io",
    "internal.apiserver.k8s.io", "networking.k8s.io", "node.k8s.io", "policy", "rbac.authorization.k8s.io",
    "resource.k8s.io", "scheduling.k8s.io", "storage.k8s.io", "storagemigration.k8s.io",
})  # fmt: skip
"""The groups that Kubernetes itself serves; versions of other groups follow their own rules."""

_EXTENSIONS = "extensions/v1beta1"
REMOVED: dict[tuple[str, str], tuple[str, str]] = {
    **{(_EXTENSIONS, kind): ("1.16", "apps/v1") for kind in ("Deployment", "DaemonSet", "ReplicaSet")},
    (_EXTENSIONS, "NetworkPolicy"): ("1.16", "networking.k8s.io/v1"),
    (_EXTENSIONS, "PodSecurityPolicy"): ("1.16", "Pod Security Admission"),
    (_EXTENSIONS, "Ingress"): ("1.22", "networking.k8s.io/v1"),
    ("apps/v1beta1", "*"): ("1.16", "apps/v1"),
    ("apps/v1beta2", "*"): ("1.16", "apps/v1"),
    ("admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfiguration"): ("1.22", "its v1"),
    ("admissionregistration.k8s.io/v1beta1", "ValidatingWebhookConfiguration"): ("1.22", "its v1"),
    **{
        (f"{group}/v1beta1", "*"): ("1.22", f"{group}/v1")
        for group in (
            "apiextensions.k8s.io", "apiregistration.k8s.io", "authorization.k8s.io", "certificates.k8s.io",
            "coordination.k8s.io", "networking.k8s.io", "rbac.authorization.k8s.io", "scheduling.k8s.io",
        )
    },
    **{("storage.k8s.io/v1beta1", kind): ("1.22", "storage.k8s.io/v1")
       for kind in ("CSIDriver", "CSINode", "StorageClass", "VolumeAttachment")},
    ("batch/v1beta1", "*"): ("1.25", "batch/v1"),
    ("discovery.k8s.io/v1beta1", "*"): ("1.25", "discovery.k8s.io/v1"),
    ("events.k8s.io/v1beta1", "*"): ("1.25", "events.k8s.io/v1"),
    ("autoscaling/v2beta1", "*"): ("1.25", "autoscaling/v2"),
    ("policy/v1beta1", "PodDisruptionBudget"): ("1.25", "policy/v1"),
    ("policy/v1beta1", "PodSecurityPolicy"): ("1.25", "Pod Security Admission"),
    ("node.k8s.io/v1beta1", "*"): ("1.25", "node.k8s.io/v1"),
    ("autoscaling/v2beta2", "*"): ("1.26", "autoscaling/v2"),
    ("flowcontrol.apiserver.k8s.io/v1beta1", "*"): ("1.26", "flowcontrol.apiserver.k8s.io/v1"),
    ("storage.k8s.io/v1beta1", "CSIStorageCapacity"): ("1.27", "storage.k8s.io/v1"),
    ("flowcontrol.apiserver.k8s.io/v1beta2", "*"): ("1.29", "flowcontrol.apiserver.k8s.io/v1"),
    ("flowcontrol.apiserver.k8s.io/v1beta3", "*"): ("1.32", "flowcontrol.apiserver.k8s.io/v1"),
}  # fmt: skip
"""Version and kind: the Kubernetes that no longer serves it, and what to use.

Source: kubernetes.io/docs/reference/using-api/deprecation-guide. Endpoints is left out: it is deprecated in favour
of EndpointSlice, and there is no plan to remove it.
"""
DEPRECATED = {("v1", "ComponentStatus"): ("1.19", "the health endpoints of the components")}
_UNSTABLE = re.compile(r"v\d+(?P<stage>alpha|beta)\d+")
_RENDERS = frozenset({
    "helm.sh/v2", "helm.sh/v3", "helm.toolkit.fluxcd.io", "helm.cattle.io", "helm.crossplane.io",
})  # fmt: skip
"""Groups, or versions of the engine's own, whose objects are templates that a controller renders."""
_FILES = frozenset({"yaml", "yaml/v2", "kustomize", "kustomize/v2"})
"""The engine's resources that read manifests from files."""
_OPERATORS = frozenset(group for group, _ in MAKERS)
"""Groups of operators of which the pack knows what they make."""


def api_versions(subject: Subject) -> Iterator[Finding]:
    """Check that every supported Kubernetes serves the object's version, and will."""
    version, kind = subject.obj.api_version, subject.obj.kind
    group, number = subject.obj.group, version.rpartition("/")[2]
    since, instead = REMOVED.get((version, kind)) or REMOVED.get((version, "*")) or ("", "")
    unstable = _UNSTABLE.fullmatch(number) if group in GROUPS else None
    if since:
        yield Finding(f"Kubernetes {since} removed {version} {kind}; use {instead}", "removed")
    elif (version, kind) in DEPRECATED:
        since, instead = DEPRECATED[version, kind]
        yield Finding(f"Kubernetes {since} deprecated {version} {kind}; use {instead}", "deprecated")
    elif unstable and version not in subject.config.unstable_versions:
        yield Finding(f"{version} {kind} is {unstable['stage']} and may change or vanish", unstable["stage"])


def no_opaque(subject: Subject) -> Iterator[Finding]:
    """Check that no resource hides the objects that it makes."""
    version, kind = subject.obj.api_version, subject.obj.kind
    group = subject.obj.group
    if {version, group} & _RENDERS:
        yield Finding(f"{version} {kind} renders its objects inside the cluster", "release")
    elif version in _FILES:
        yield Finding(f"{version} {kind} reads objects from files, which reach no policy in every version", "file")
    elif "." in group and group not in GROUPS | _OPERATORS | subject.config.custom_groups:
        yield Finding(f"the objects that {version} {kind} makes are unknown: customGroups lacks {group}", "custom")


POLICIES = (
    ResourcePolicy(
        name="api-versions", title="Objects use versions of the API that stay",
        severity=Severity.HIGH, tags=("hygiene",), predicate=api_versions,
        why="An upgrade of the cluster refuses what it no longer serves, and alpha and beta versions change.",
        remedy="Use the stable version that the message names; one that the platform needs is listed in "
        "unstableVersions.",
    ),
    ResourcePolicy(
        name="no-opaque-resources", title="Every object is visible before it is applied",
        severity=Severity.HIGH, tags=("hygiene",), predicate=no_opaque,
        why="What a release or an operator renders inside the cluster passes no policy.",
        remedy="Use helm.v4.Chart, or native resources; list the groups of other operators in customGroups.",
    ),
)  # fmt: skip
