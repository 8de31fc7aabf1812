"""Segments: the four that exist, and what their namespaces must carry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from quadrant_platform.policies.core.index import SEGMENT, SYSTEM
from quadrant_platform.policies.core.policy import Finding, ResourcePolicy, Severity, Subject
from quadrant_platform.policies.core.workload_pods import TEMPLATES

SEGMENTS = frozenset({"frontend", "backend", "database", "platform"})
ATTACHED = "quadrant.dev/attached-"
_PSA = "pod-security.kubernetes.io/"


def namespace_labels(subject: Subject) -> Iterator[Finding]:
    """A namespace enforces the restricted standard, and nothing is put among the cluster's own objects."""
    if subject.obj.kind == "Namespace":
        yield from _namespace(subject)
    elif _of_the_cluster(subject.obj.namespace) and not subject.obj.namespace_assumed:
        yield Finding(f"the object is in {subject.obj.namespace}", "name")


def _namespace(subject: Subject) -> Iterator[Finding]:
    labels = subject.obj.labels
    if _of_the_cluster(subject.obj.name):
        yield Finding("the namespace belongs to the cluster", "name")
    if labels.get(SEGMENT, "platform") not in SEGMENTS:
        yield Finding(f"{SEGMENT} is {labels[SEGMENT]!r}, not one of {sorted(SEGMENTS)}", "segment")
    if SYSTEM in labels and SEGMENT not in labels:
        yield Finding(f"{SYSTEM} is set, and {SEGMENT} is not", "segment")
    if labels.get(f"{_PSA}enforce") != "restricted":
        yield Finding(f"{_PSA}enforce is not restricted", "enforce")
    if not labels.get(f"{_PSA}enforce-version"):
        yield Finding(f"{_PSA}enforce-version is not set", "enforce-version")


def _of_the_cluster(namespace: str) -> bool:
    return namespace == "default" or namespace.startswith("kube-")


def no_egress_segment(subject: Subject) -> Iterator[Finding]:
    """Nothing lives in, or is attached to, a segment called egress."""
    if subject.obj.kind == "Namespace" and subject.obj.labels.get(SEGMENT) == "egress":
        yield Finding("the namespace is a segment called egress")
    if subject.pod is None:
        return
    for labels in (subject.obj.labels, subject.pod.labels):
        yield from (Finding(f"the label {label} puts the workload into egress") for label in _egress(labels))


def _egress(labels: Mapping[str, str]) -> Iterator[str]:
    if labels.get(SEGMENT) == "egress":
        yield SEGMENT
    if labels.get(f"{ATTACHED}egress", "false") != "false":
        yield f"{ATTACHED}egress"


POLICIES = (
    ResourcePolicy(
        name="namespace-labels", title="Namespaces enforce the restricted standard, and default stays empty",
        severity=Severity.HIGH, tags=("PSS-restricted", "CIS-5.2.1", "CIS-5.7.4"), predicate=namespace_labels,
        kinds=frozenset(TEMPLATES) | {"Namespace", "Service", "ConfigMap", "Secret", "Ingress", "Role", "RoleBinding"},
        why="The API server itself refuses what slips past every check before it.",
        remedy="Label the namespace with pod-security.kubernetes.io/enforce: restricted, its version and its segment; "
        "give every object a namespace of the system's own.",
    ),
    ResourcePolicy(
        name="no-egress-segment", title="There is no segment called egress",
        severity=Severity.HIGH, tags=("architecture",), kinds=frozenset(TEMPLATES) | {"Namespace"},
        predicate=no_egress_segment,
        why="A shared way out would let every attached workload reach every address.",
        remedy="Keep the workload in its segment and give it a row to traefik-egress.",
    ),
)  # fmt: skip
