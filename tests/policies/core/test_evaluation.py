"""Policies abstain on fields that a server fills in where only its answer is known."""

from __future__ import annotations

import pytest

from quadrant_platform.policies.configuration.config import Config
from quadrant_platform.policies.core import Level, Object, StackIndex, evaluation
from quadrant_platform.policies.pack import STACK_POLICIES
from tests.policies.builders import Manifest, changed, service, workload

FILLED = (
    (changed(workload(), "spec/replicas", 1), "spec.replicas", "pdb-and-hpa-consistent"),
    (changed(workload(), "spec/replicas", 1), "spec.replicas", "replicas-and-spread"),
    (service(clusterIP="10.96.0.10"), "spec.clusterIP", "external-names"),
)


def stack(*objects: Object, config: Config | None = None) -> StackIndex:
    return StackIndex(objects, config or Config())


@pytest.mark.parametrize(("manifest", "path", "policy"), FILLED)
def test_a_policy_says_on_which_field_it_abstains(manifest: Manifest, path: str, policy: str) -> None:
    returned = stack(Object(manifest, returned=True, urn="urn:one"), Object(manifest, urn="urn:two"))
    [advice] = [one for one in evaluation.abstentions(STACK_POLICIES, returned) if one.policy == policy]
    assert (advice.check, advice.level) == ("abstains", Level.ADVISORY), "it is advice and stops nothing"
    assert f"{path} of 1 objects" in advice.message, "only one object is an answer"
    assert advice.urn == "urn:one", "and is named"


def test_nothing_is_abstained_on_where_the_program_is_known() -> None:
    known = stack(*(Object(manifest) for manifest, _, _ in FILLED))
    assert not [*evaluation.abstentions(STACK_POLICIES, known)], "every field is the program's"


def test_a_policy_that_is_off_does_not_abstain_either() -> None:
    config = Config(levels={"consistency": Level.DISABLED})
    found = evaluation.abstentions(STACK_POLICIES, stack(Object(FILLED[0][0], returned=True), config=config))
    assert "pdb-and-hpa-consistent" not in {one.policy for one in found}, "nobody asked for it"
