"""Objects that a set of manifests has twice."""

from collections.abc import Iterator

from quadrant_platform.policies.core import Finding, Object, Severity, StackIndex, StackPolicy
from quadrant_platform.policies.core.policy import CONSISTENCY


def objects_once(stack: StackIndex) -> Iterator[Finding]:
    """Check that no object is there twice, in whichever version of its group."""
    first = dict[tuple[str, str, str, str], Object]()
    for obj in stack.objects:
        kept = first.setdefault((obj.group, obj.kind, obj.namespace, obj.name), obj)
        if kept is not obj and obj.name and not obj.is_owned:
            place = f" in {kept.file}:{kept.line}" if kept.file else ""
            yield Finding(f"it is also{place or ' registered elsewhere'}", obj=obj)


POLICIES = (
    StackPolicy(
        name="objects-once", title="Every object is there once",
        severity=Severity.MEDIUM, tags=("hygiene",), group=CONSISTENCY, predicate=objects_once,
        why="The one that is applied last wins, whichever that is; kustomize and Argo CD refuse both.",
        remedy="Remove one of them, or keep what is meant for different places in different folders.",
    ),
)  # fmt: skip
