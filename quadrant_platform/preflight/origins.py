"""Whose the namespaces of an installation are: this state's of pulumi, another one's, or kubectl's."""

from collections.abc import Iterator
from typing import NamedTuple

from quadrant_platform.documents.problems import Problem
from quadrant_platform.model.stack_file import KUBECONFIG
from quadrant_platform.preflight.facts import ClusterFacts
from quadrant_platform.vocabulary import APPLYSET_LABEL, STACK_LABEL, STATE_LABEL, SYSTEM_LABEL

NEW = "new"
"""What a state that has made nothing is called, also by a preview: no policy can judge a label without a value."""
_MINE = "set namespacePrefix to a word of yours, such as alice-"


class Installed(NamedTuple):
    """An installation, as its namespaces name it."""

    system: str
    """The name of the installation: the system's own, after a prefix."""
    stack: str


def installed(system: str, stack: str) -> Installed:
    """Return an installation as labels name it: a value has at most 63 characters, the outer ones no punctuation."""
    return Installed(system, stack[:63].strip("-_."))


def moved(facts: ClusterFacts, ours: Installed, home: str) -> list[Problem]:
    """Return why a state that keeps a cluster may not change another one: it would forget what it has there."""
    if home == facts.uid:
        return []
    what = f"the state of {ours.stack} records the cluster {home}, and its settings lead to the cluster {facts.uid}"
    remedy = (
        f"set {KUBECONFIG} back, or to another file of that cluster; to leave it, run `pulumi destroy` first; if it is "
        f"gone for good, `quadrant forget {home} --stack {ours.stack}` drops its record"
    )
    return [Problem((), what, f"{remedy}; nothing was changed")]


def problems(facts: ClusterFacts, ours: Installed, state: str) -> list[Problem]:
    """Return why a state of pulumi may not change an installation: its objects are recorded elsewhere.

    The state says who it is. Names and labels alone look the same from two
    backends.
    """
    spaces = _namespaces(facts, ours)
    foreign = {name: labels[STATE_LABEL] for name, labels in spaces.items() if labels.get(STATE_LABEL, state) != state}
    applied = [name for name, labels in spaces.items() if APPLYSET_LABEL in labels]
    return [*_of_kubectl(applied, ours), *_of_another_state(foreign, ours, state)]


def problems_of_kubectl(facts: ClusterFacts, ours: Installed) -> list[Problem]:
    """Return why kubectl may not change an installation: a state of pulumi records its objects."""
    made = [name for name, labels in _namespaces(facts, ours).items() if STATE_LABEL in labels]
    if not made:
        return []
    what = f"{' and '.join(made)} of the stack {ours.stack} came from pulumi, which is not on PATH here"
    return [Problem((), what, f"install pulumi and name the backend of its state, or {_MINE}; nothing was changed")]


def _namespaces(facts: ClusterFacts, ours: Installed) -> dict[str, dict[str, str]]:
    """Return the labels of the namespaces that say that they are the installation's."""
    return {
        name: dict(labels)
        for name, labels in (facts.namespaces or {}).items()
        if Installed(labels.get(SYSTEM_LABEL, ""), labels.get(STACK_LABEL, "")) == ours
    }


def _of_kubectl(applied: list[str], ours: Installed) -> Iterator[Problem]:
    if applied:
        what = f"{' and '.join(applied)} of the stack {ours.stack} came from `quadrant up` without pulumi"
        remedy = f"go on with `quadrant up`, which keeps to kubectl there, or {_MINE}"
        yield Problem((), what, f"{remedy}; nothing was changed")


def _of_another_state(foreign: dict[str, str], ours: Installed, state: str) -> Iterator[Problem]:
    if foreign:
        theirs = " and ".join(sorted(set(foreign.values())))
        what = (
            f"{' and '.join(foreign)} came from another state of a stack {ours.stack}: "
            f"{STATE_LABEL} is {theirs} there, and this state is {state}"
        )
        remedy = f"name its backend (PULUMI_BACKEND_URL or `pulumi login`), or {_MINE}"
        yield Problem((), what, f"{remedy}; a lost state comes back by `pulumi stack import`; nothing was changed")
