"""The policy that an object can be judged at all: it is named, and its fields have the types of Kubernetes."""

from collections.abc import Iterator

from quadrant_platform.policies.core.access import UNKNOWN, WELL_FORMED, Node
from quadrant_platform.policies.core.policy import Finding, ResourcePolicy, Severity, Subject
from quadrant_platform.policies.core.workload_pods import template_path

_TEXTS = {"ConfigMap": ("data", "binaryData"), "Secret": ("data", "stringData")}
"""Maps of strings, into which numbers and booleans are often put without quotes."""


def well_formed(subject: Subject) -> Iterator[Finding]:
    """Check that an object has a version, a kind and a name, and a workload a pod with containers.

    Reads raise wrong types, here and in every other policy, and all are reported under this name.
    """
    items = subject.node.at("items")
    if subject.obj.kind.endswith("List") and items.present():
        any(items.items())  # raises if it is no array; the objects of one are judged by themselves
    for keys in (("apiVersion",), ("kind",), ("metadata", "name")):
        if not subject.node.at(*keys).required().text():
            yield Finding(f"{'.'.join(keys)} is empty")
    for place in subject.obj.repeated:
        yield Finding(f"{place} is written twice, and only the last one counts", "repeated-key")
    subject.node.at("metadata", "namespace").text()
    subject.node.at("metadata", "labels").texts()
    _read_texts(subject.obj.annotations)
    for field in _TEXTS.get(subject.obj.kind, ()):
        _read_texts(subject.node.at(field))
    yield from _containers(subject)


def _read_texts(node: Node) -> None:
    """Read a map of strings; some of them may be unknown."""
    for _, text in node.entries():
        if text.value is not UNKNOWN:
            text.text()


def _containers(subject: Subject) -> Iterator[Finding]:
    path = template_path(subject.obj)
    if path is None:
        return
    containers = subject.node.at(*path, "spec").required().at("containers").required()
    if not any(True for _ in containers.items()):
        yield Finding(f"{containers.path} is empty")


POLICIES = (
    ResourcePolicy(
        name=WELL_FORMED, title="Objects have the types that Kubernetes gives them",
        severity=Severity.HIGH, tags=("hygiene",), predicate=well_formed,
        why="A field of another type cannot be checked, so every other policy would pass over it.",
        remedy="Write the field with the type that the message names.",
    ),
)  # fmt: skip
