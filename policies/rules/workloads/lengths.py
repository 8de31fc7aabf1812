"""Lengths: names and texts to which something is added that then no longer fits."""

from collections.abc import Iterator

from quadrant_platform.policies.core import Finding, Level, ResourcePolicy, Severity, Subject

STATEFUL_SET = 52
"""The label controller-revision-hash has the set's name, a hyphen and ten characters in its 63."""
ANNOTATION = 256 * 1024
"""What Kubernetes takes as the annotations of one object."""


def names_leave_room(subject: Subject) -> Iterator[Finding]:
    """Check that the pods of a StatefulSet get a label that is short enough."""
    length = len(subject.obj.name)
    if length > STATEFUL_SET:
        what = f"its name has {length} characters, and the label controller-revision-hash of its pods {length + 11}"
        yield Finding(f"{what} of at most 63: no pod starts")


def small_enough_to_apply(subject: Subject) -> Iterator[Finding]:
    """Check that a ConfigMap fits into the annotation in which `kubectl apply` keeps it."""
    files = (subject.node.at(key).entries() for key in ("data", "binaryData"))
    size = sum(len(text.text().encode()) for found in files for _, text in found)
    if size > ANNOTATION:
        yield Finding(f"its data has {size} bytes, and the annotation of a client-side `kubectl apply` {ANNOTATION}")


POLICIES = (
    ResourcePolicy(
        name="names-leave-room", title="Names of StatefulSets leave room for their pods' labels",
        severity=Severity.HIGH, tags=("reliability",), kinds=frozenset({"StatefulSet"}), predicate=names_leave_room,
        why="The API server accepts a longer name, and then refuses each of its pods.",
        remedy=f"Use a name of at most {STATEFUL_SET} characters.",
    ),
    ResourcePolicy(
        name="small-enough-to-apply", title="ConfigMaps fit into kubectl's annotation",
        level=Level.ADVISORY, severity=Severity.LOW, tags=("hygiene",), kinds=frozenset({"ConfigMap"}),
        predicate=small_enough_to_apply,
        why="Without --server-side, `kubectl apply` writes the object into an annotation, which would be too long.",
        remedy="Apply it with --server-side, or split it.",
    ),
)  # fmt: skip
