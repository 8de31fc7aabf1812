"""The pack refuses what the API server refuses, and nothing else: the same objects, and the same fields of each.

`QUADRANT_FUZZ_SEED=7 pytest tests/policies/validation` compares other objects than those of every day.
"""

from __future__ import annotations

import os
import random

import pytest

from quadrant_platform.policies.validation.kinds import errors_of
from tests.policies.validation.differences import differences, differs, refused, report
from tests.policies.validation.garden import COMPARED, garden
from tests.policies.validation.kubernetes import judge

pytestmark = [pytest.mark.oracle, pytest.mark.usefixtures("validation")]

OBJECTS = 20_000
SEED = os.environ.get("QUADRANT_FUZZ_SEED", "12")


@pytest.mark.parametrize(("version", "kind"), COMPARED)
def test_no_mutated_object_is_judged_differently(version: str, kind: str) -> None:
    chance = random.Random(f"{SEED} {version} {kind}")
    grown = [garden().grow(f"{version} {kind}", chance) for _ in range(-(-OBJECTS // len(COMPARED)))]
    found = differences(grown)
    assert not found, f"{len(found)} of {len(grown)} objects, such as\n{report(found)}"


def test_half_of_what_is_compared_is_refused_and_much_of_it_for_values() -> None:
    chance = random.Random(SEED)
    verdicts = judge(garden().grow(" ".join(chance.choice(COMPARED)), chance) for _ in range(1000))
    assert 250 < sum(one.accepts for one in verdicts) < 750, "neither answer is the rule"
    assert sum(bool(one.fields) for one in verdicts) > 200, "values are wrong, and not only types"


@pytest.mark.parametrize(("version", "kind"), COMPARED)
def test_a_field_that_is_overlooked_would_be_noticed(version: str, kind: str) -> None:
    chance = random.Random(f"{SEED} {version} {kind}")
    grown = [garden().grow(f"{version} {kind}", chance) for _ in range(200)]
    blind = [differs(theirs, frozenset()) for theirs in judge(grown)]
    assert any(blind), "else the comparison would pass without any rule"
    assert any(map(refused, grown)), "and the pack has some"


def test_no_message_holds_the_value_of_a_secret() -> None:
    for data in ({"a": "hunter2!"}, {".dockerconfigjson": "aHVudGVyMg=="}, {"a b": "aHVudGVyMg=="}, {"a": ["hunter2"]}):
        kind = {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/dockerconfigjson"}
        errors = errors_of({**kind, "metadata": {"name": "a"}, "data": data, "stringData": {"b c": "hunter2"}})
        assert errors, "something is wrong with each"
        assert not [one for one in errors if "hunter2" in str(one) or "aHVudGVyMg" in str(one)], "which stays secret"
