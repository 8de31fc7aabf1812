"""Namespaces: their labels, their segment, and their share of the cluster."""

from collections.abc import Iterator, Mapping

from quadrant_platform.policies.core import Finding, Object, ResourcePolicy, Severity, StackIndex, StackPolicy, Subject
from quadrant_platform.policies.core.policy import CONSISTENCY
from quadrant_platform.policies.core.workload_pods import WORKLOADS
from quadrant_platform.vocabulary import ATTACHED_PREFIX, POD_SECURITY_PREFIX, SEGMENT_LABEL, SYSTEM_LABEL

SEGMENTS = frozenset({"frontend", "backend", "database", "platform"})
_BOUNDS = (("requests.cpu", "cpu"), ("requests.memory", "memory"), ("limits.memory",))
"""What a quota must bound, each under any of its names."""


def namespace_labels(subject: Subject) -> Iterator[Finding]:
    """Check that namespaces enforce the restricted standard, and that the cluster's own hold no other objects."""
    if subject.obj.kind == "Namespace":
        yield from _namespace(subject)
    elif _is_the_clusters(subject.obj.namespace) and not subject.obj.namespace_assumed:
        yield Finding(f"the object is in {subject.obj.namespace}", "name")


def _namespace(subject: Subject) -> Iterator[Finding]:
    labels = subject.obj.labels
    if _is_the_clusters(subject.obj.name):
        yield Finding("the namespace belongs to the cluster", "name")
    if labels.get(SEGMENT_LABEL, "platform") not in SEGMENTS:
        yield Finding(f"{SEGMENT_LABEL} is {labels[SEGMENT_LABEL]!r}, not one of {sorted(SEGMENTS)}", "segment")
    if SYSTEM_LABEL in labels and SEGMENT_LABEL not in labels:
        yield Finding(f"{SYSTEM_LABEL} is set, and {SEGMENT_LABEL} is not", "segment")
    if labels.get(f"{POD_SECURITY_PREFIX}enforce") != "restricted":
        yield Finding(f"{POD_SECURITY_PREFIX}enforce is not restricted", "enforce")
    if not labels.get(f"{POD_SECURITY_PREFIX}enforce-version"):
        yield Finding(f"{POD_SECURITY_PREFIX}enforce-version is not set", "enforce-version")


def _is_the_clusters(namespace: str) -> bool:
    return namespace == "default" or namespace.startswith("kube-")


def no_egress_segment(subject: Subject) -> Iterator[Finding]:
    """Check that no namespace or workload is in a segment called egress."""
    if subject.obj.kind == "Namespace" and subject.obj.labels.get(SEGMENT_LABEL) == "egress":
        yield Finding("the namespace is a segment called egress")
    if subject.pod is None:
        return
    for labels in (subject.obj.labels, subject.pod.labels):
        yield from (Finding(f"the label {label} puts the workload into egress") for label in _egress(labels))


def _egress(labels: Mapping[str, str]) -> Iterator[str]:
    if labels.get(SEGMENT_LABEL) == "egress":
        yield SEGMENT_LABEL
    if labels.get(f"{ATTACHED_PREFIX}egress", "false") != "false":
        yield f"{ATTACHED_PREFIX}egress"


def namespace_quota(stack: StackIndex) -> Iterator[Finding]:
    """Check that every namespace of the stack has a quota on CPU and memory, and a range of limits."""
    ranged = {one.namespace for one in stack.of_kind("LimitRange")}
    for obj in stack.of_kind("Namespace"):
        if not obj.name.startswith("kube-"):
            yield from _quota(stack, obj)
            if obj.name not in ranged:
                yield Finding("it has no LimitRange", "limit-range", obj)


def _quota(stack: StackIndex, obj: Object) -> Iterator[Finding]:
    quotas = [one for one in stack.of_kind("ResourceQuota") if one.namespace == obj.name]
    hard = {key for one in quotas for key, _ in one.node.at("spec", "hard").entries()}
    if not quotas:
        yield Finding("it has no ResourceQuota", "quota", obj)
    for names in _BOUNDS if quotas else ():
        if hard.isdisjoint(names):
            yield Finding(f"its ResourceQuota does not bound {names[0]}", "bound", obj)


POLICIES = (
    ResourcePolicy(
        name="namespace-labels", title="Namespaces enforce the restricted standard, and default stays empty",
        severity=Severity.HIGH, tags=("PSS-restricted", "CIS-5.2.1", "CIS-5.7.4"), predicate=namespace_labels,
        kinds=WORKLOADS | {"Namespace", "Service", "ConfigMap", "Secret", "Ingress"},
        why="The API server itself refuses what passes every check before it.",
        remedy="Label the namespace with pod-security.kubernetes.io/enforce: restricted, its version and its segment; "
        "give every object a namespace of the system's own.",
    ),
    ResourcePolicy(
        name="no-egress-segment", title="There is no segment called egress",
        severity=Severity.HIGH, tags=("architecture",), kinds=WORKLOADS | {"Namespace"},
        predicate=no_egress_segment,
        why="A shared way out would let every attached workload reach every address.",
        remedy="Keep the workload in its segment and give it a row to traefik-egress.",
    ),
    StackPolicy(
        name="namespace-quota", title="A namespace takes no more than its share",
        severity=Severity.MEDIUM, tags=("NSA-4", "CIS-5.7"), group=CONSISTENCY, predicate=namespace_quota,
        why="Without a quota one namespace starves the others, and a pod without limits has none.",
        remedy="Add a ResourceQuota for requests.cpu, requests.memory and limits.memory, and a LimitRange.",
    ),
)  # fmt: skip
