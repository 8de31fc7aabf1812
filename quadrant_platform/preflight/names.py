"""Names that another stack, another system or somebody else has in the cluster already."""

from collections.abc import Iterator

from quadrant_platform.documents.problems import KeyPath, Problem
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.preflight.facts import ClusterFacts
from quadrant_platform.vocabulary import STACK_LABEL, SYSTEM_LABEL

PREFIX: KeyPath = ("namespacePrefix",)
"""Where an environment says what its namespaces begin with."""


def problems(facts: ClusterFacts, plan: Plan) -> list[Problem]:
    """Return each namespace of a plan that is not the stack's own; key paths are the environment's."""
    return list(_taken(facts, plan))


def _taken(facts: ClusterFacts, plan: Plan) -> Iterator[Problem]:
    for segment in plan.topology.segments:
        name = plan.namespace(segment)
        labels = (facts.namespaces or {}).get(name)
        if labels is None:
            continue
        system, stack = labels.get(SYSTEM_LABEL), labels.get(STACK_LABEL)
        if system is None:
            yield Problem(PREFIX, f"the namespace {name} exists and is not Quadrant's", _remedy("delete it"))
        elif system != plan.name:
            yield Problem(PREFIX, f"the namespace {name} is that of {system}", _remedy("remove that system first"))
        elif stack is not None and plan.stack is not None and stack != plan.stack:
            what = f"the namespace {name} is that of {plan.name} in the stack {stack}, and this is {plan.stack}"
            renamed = f"`kubectl label namespace {name} {STACK_LABEL}={plan.stack} --overwrite`"
            yield Problem(PREFIX, what, _remedy(f"where the stack was renamed, run {renamed}"))


def _remedy(other: str) -> str:
    return f"set namespacePrefix to a word of yours, such as alice-, or {other}; nothing was changed"
