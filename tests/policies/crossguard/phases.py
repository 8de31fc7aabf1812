"""What the engine passes to the pack in each phase of a stack's life, and what the pack then finds.

Sources: `continueStepsFromImport`, `continueStepsFromRefresh` and `AnalyzeResources` in the engine's step generator.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence

from quadrant_platform.vocabulary import GENERATED_KEYS_ANNOTATION
from tests.policies.builders import Manifest
from tests.policies.crossguard.recording import Pair
from tests.policies.servicer import Answer, Pack, urn

PROVIDER = {"__fieldManager": "x", "__initialApiVersion": "v1", "__inputs": {"spec": {}}}
"""Keys that the provider keeps in its outputs."""
Verdict = tuple[str, str, bool, str, str]
"""Policy, check, whether it stops the update, the text without its title, and the resource."""


def verdicts(answer: Answer) -> set[Verdict]:
    """What the engine prints of an answer; a message may name one of several objects of a kind, in their order."""
    return {(one.policy, one.check, one.mandatory, one.text.partition("\n")[2], one.urn) for one in answer.diagnostics}


def outputs(pairs: Iterable[Pair]) -> list[Manifest]:
    """What the provider keeps of the API server's answers."""
    return [{**one.returned, **PROVIDER} for one in pairs]


def _resources(pack: Pack, pairs: Sequence[Pair]) -> Answer:
    """Every resource that the program registers is mended, and then judged, changed or not."""
    found = Answer((), frozenset())
    for one in pairs:
        found |= pack.analyze(pack.remediate(one.written) or one.written)
    return found


def _stack(pack: Pack, stack: list[Manifest]) -> Answer:
    """Generated values depend on a password, whatever the phase."""
    generated = {
        urn(one) for one in stack
        if one["kind"] == "Secret" and GENERATED_KEYS_ANNOTATION not in one["metadata"].get("annotations", {})
    }  # fmt: skip
    return pack.analyze_outputs(stack, generated)


def preview_of_nothing(pack: Pack, pairs: Sequence[Pair]) -> Answer:
    """A cluster that does not answer: the outputs are the inputs."""
    return _resources(pack, pairs) | _stack(pack, [one.written for one in pairs])


def up(pack: Pack, pairs: Sequence[Pair]) -> Answer:
    """Created, updated, unchanged or refreshed first: the engine passes the same."""
    return _resources(pack, pairs) | _stack(pack, outputs(pairs))


def preview_and_up(pack: Pack, pairs: Sequence[Pair]) -> Answer:
    """A preview precedes the update, in one process or in two."""
    up(pack, pairs)
    return up(pack, pairs)


def update(pack: Pack, pairs: Sequence[Pair]) -> Answer:
    """The stack was another one before."""
    before = [Pair({**one.written, "spec": {"replicas": 7}, "data": {"a": "b"}}, one.returned) for one in pairs]
    up(pack, before)
    return up(pack, pairs)


def replace(pack: Pack, pairs: Sequence[Pair]) -> Answer:
    """What depends on a replaced resource is registered twice; what was deleted is in no stack."""
    _resources(pack, pairs)
    return up(pack, pairs)


def without_program(pack: Pack, pairs: Sequence[Pair]) -> Answer:
    """`refresh --run-program`, `destroy --run-program`, and resources after one that failed: the stack only."""
    return _stack(pack, outputs(pairs))


def without_program_and_record(pack: Pack, pairs: Sequence[Pair]) -> Answer:
    """The same as long as the provider has only made the objects: to the server all defaults are its own words."""
    stack = copy.deepcopy(outputs(pairs))
    for one in stack:
        for entry in one["metadata"]["managedFields"]:
            entry |= {"manager": "pulumi-kubernetes", "operation": "Update"}
    return _stack(pack, stack)


PHASES: tuple[Callable[[Pack, Sequence[Pair]], Answer], ...] = (up, preview_and_up, update, replace)
"""Phases in which the engine passes every resource, and then the stack."""
