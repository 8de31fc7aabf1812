"""The recommended labels of workloads, which the engine can fill in."""

import re
from collections.abc import Iterator

from quadrant_platform.policies.core import Finding, Level, Node, ResourcePolicy, Severity, Subject
from quadrant_platform.policies.core.workload_pods import WORKLOADS
from quadrant_platform.vocabulary import NAME_LABEL, PART_OF_LABEL

_OLD_NAMES = ("app", "k8s-app", "app.kubernetes.io/instance")
_UNFIT = re.compile(r"[^A-Za-z0-9_.-]+")


def _labelled(subject: Subject) -> Iterator[Node]:
    if subject.pod is None:
        return
    yield subject.node.at("metadata")
    if subject.pod.template.path:
        yield subject.pod.template.at("metadata")


def labels(subject: Subject) -> Iterator[Finding]:
    """Check that workloads of ours and their pods carry the labels that Kubernetes recommends."""
    for metadata in _labelled(subject) if subject.is_ours else ():
        present = metadata.at("labels").texts()
        for label in sorted(subject.config.required_labels):
            if not present.get(label):
                yield Finding(f"{metadata.path}.labels lacks {label}", label.rpartition("/")[2])


def missing_labels(subject: Subject) -> dict[tuple[str, ...], dict[str, str]]:
    """Return the labels to fill in, by the path of the metadata; only those that follow from the object itself."""
    known = {NAME_LABEL: _name(subject), PART_OF_LABEL: _system(subject)}
    wanted = {label: known[label] for label in sorted(subject.config.required_labels & known.keys()) if known[label]}
    found = {}
    for metadata in _labelled(subject):
        present = metadata.at("labels").texts()
        lacking = {label: value for label, value in wanted.items() if not present.get(label)}
        if lacking:
            found[tuple(metadata.path.split("."))] = lacking
    return found


def _name(subject: Subject) -> str:
    own = subject.obj.labels
    return _value(next((own[key] for key in (NAME_LABEL, *_OLD_NAMES) if own.get(key)), subject.obj.name))


def _system(subject: Subject) -> str:
    """Return the namespace, or the project that registers the object."""
    project = (subject.obj.urn or "").split("::")[1:2]
    own = subject.obj.labels.get(PART_OF_LABEL)
    return _value(own or subject.obj.namespace.replace("default", "") or "".join(project))


def _value(text: str) -> str:
    return _UNFIT.sub("-", text)[:63].strip("-_.")


POLICIES = (
    ResourcePolicy(
        name="labels", title="Workloads carry their name and their system", level=Level.REMEDIATE,
        severity=Severity.LOW, tags=("hygiene",), kinds=WORKLOADS, predicate=labels,
        remedies=missing_labels,
        why="Selectors, dashboards, budgets and people on call find a workload by its labels.",
        remedy=f"Add {NAME_LABEL} and {PART_OF_LABEL} to the workload and to its pods.",
    ),
)  # fmt: skip
