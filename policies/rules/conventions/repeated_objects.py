"""Objects that a set of manifests has twice."""

from collections import defaultdict
from collections.abc import Iterator

from quadrant_platform.policies.core import Finding, Object, Severity, StackIndex, StackPolicy
from quadrant_platform.policies.core.policy import CONSISTENCY


def objects_once(stack: StackIndex) -> Iterator[Finding]:
    """Check that no object is there twice, in whichever version of its group."""
    seen = defaultdict[tuple[str, str, str, str], list[Object]](list)
    for obj in stack.objects:
        others = seen[obj.group, obj.kind, obj.namespace, obj.name]
        kept = next((one for one in others if one.is_beside(obj)), None)
        others.append(obj)
        if kept is not None and obj.name and not obj.is_owned:
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
