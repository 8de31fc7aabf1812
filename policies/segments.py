"""Segments: the four that exist, and what their namespaces must carry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policies.index import SEGMENT
from policies.pods import TEMPLATES
from policies.rules import Finding, ResourcePolicy, Severity, Subject

SEGMENTS = frozenset({"frontend", "backend", "database", "platform"})
ATTACHED = "quadrant.dev/attached-"
_PSA = "pod-security.kubernetes.io/"


def namespace_labels(subject: Subject) -> Iterator[Finding]:
    """A segment's namespace enforces the restricted standard, and is not one of the cluster's own."""
    labels = subject.obj.labels
    if SEGMENT not in labels:
        return
    if subject.obj.name == "default" or subject.obj.name.startswith("kube-"):
        yield Finding("the namespace belongs to the cluster", "name")
    if labels[SEGMENT] not in SEGMENTS:
        yield Finding(f"{SEGMENT} is {labels[SEGMENT]!r}, not one of {sorted(SEGMENTS)}", "segment")
    if labels.get(f"{_PSA}enforce") != "restricted":
        yield Finding(f"{_PSA}enforce is not restricted", "enforce")
    if not labels.get(f"{_PSA}enforce-version"):
        yield Finding(f"{_PSA}enforce-version is not set", "enforce-version")


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
        name="namespace-labels", title="Segments enforce the restricted standard",
        severity=Severity.HIGH, tags=("PSS-restricted", "CIS-5.2.1"), kinds=frozenset({"Namespace"}),
        predicate=namespace_labels,
        why="The API server itself refuses what slips past every check before it.",
        remedy="Label the namespace with its segment and pod-security.kubernetes.io/enforce: restricted.",
    ),
    ResourcePolicy(
        name="no-egress-segment", title="There is no segment called egress",
        severity=Severity.HIGH, tags=("architecture",), kinds=frozenset(TEMPLATES) | {"Namespace"},
        predicate=no_egress_segment,
        why="A shared way out would let every attached workload reach every address.",
        remedy="Keep the workload in its segment and give it a row to traefik-egress.",
    ),
)  # fmt: skip
