"""The policy that the API server takes an object: its fields exist, and have types and values that it accepts."""

from collections.abc import Iterator

from quadrant_platform.policies.core.access import WELL_FORMED, normalise
from quadrant_platform.policies.core.policy import Finding, ResourcePolicy, Severity, Subject
from quadrant_platform.policies.core.workload_pods import LONG_RUNNING, template_path
from quadrant_platform.policies.validation.field_errors import ErrorKind
from quadrant_platform.policies.validation.kinds import KINDS, errors_of
from quadrant_platform.policies.validation.merge_keys import repeated_elements

_SELECTION = frozenset({"spec.selector", "spec.template.metadata.labels"})
"""Where the API server refuses a workload that misses its own pods: `workload-selectors` says it with the remedy."""


def well_formed(subject: Subject) -> Iterator[Finding]:
    """Check that an object has a version and a kind, and fields that the API server takes.

    Reads raise wrong types, here and in every other policy, and all are reported under this name.
    """
    yield from _refused(subject)
    items = subject.node.at("items")
    if subject.obj.kind.endswith("List") and items.present():
        any(items.items())  # raises if it is no array; the objects of one are judged by themselves
    for key in ("apiVersion", "kind"):
        if not subject.node.at(key).required().text():
            yield Finding(f"{key} is empty")
    for place in subject.obj.repeated:
        yield Finding(f"{place} is written twice, and only the last one counts", "repeated-key")
    subject.node.at("metadata", "namespace").text()
    subject.node.at("metadata", "labels").texts()
    if (subject.obj.api_version, subject.obj.kind) not in KINDS:
        yield from _containers(subject)


def _refused(subject: Subject) -> Iterator[Finding]:
    """Yield the fields that the API server refuses; what it has taken and returned, with an id, is past that.

    It reads the values of Secrets too, which no message holds.
    """
    taken = subject.node.at("metadata", "uid").present()
    elsewhere = _SELECTION if subject.obj.kind in LONG_RUNNING else frozenset()
    manifest = normalise(subject.obj.manifest)
    refused = (*errors_of(manifest), *subject.config.definitions.errors_of(manifest))
    found = [one for one in refused if one.path not in elsewhere]
    for error in found:
        if error.kind is ErrorKind.TYPE or not (taken or error.follows):
            yield Finding(str(error), "type" if error.kind is ErrorKind.TYPE else error.kind.value)
    places = tuple(error.path for error in found)
    for error in () if taken else repeated_elements(subject.node.value):
        if not any(place.startswith(error.path) for place in places):
            yield Finding(f"{error}, which server-side apply refuses", error.kind.value)


def _containers(subject: Subject) -> Iterator[Finding]:
    """Check that a kind of others that makes pods, such as a Rollout, has containers in them."""
    path = template_path(subject.obj)
    if path is None:
        return
    containers = subject.node.at(*path, "spec").required().at("containers").required()
    if not any(True for _ in containers.items()):
        yield Finding(f"{containers.path} is empty")


POLICIES = (
    ResourcePolicy(
        name=WELL_FORMED, title="Objects have fields and values that the API server takes",
        severity=Severity.HIGH, tags=("hygiene",), predicate=well_formed,
        why="The API server refuses the object, or part of what is written has no effect; and a field of another type "
        "cannot be checked, so every other policy would pass over it.",
        remedy="Write the field as the message says.",
    ),
)  # fmt: skip
