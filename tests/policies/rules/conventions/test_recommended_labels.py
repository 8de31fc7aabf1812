"""The recommended labels of workloads."""

from __future__ import annotations

import pytest

from tests.policies.builders import UNKNOWN, labels, workload
from tests.policies.cases import ObjectCase
from tests.policies.judging import engine_rules, rules

OBJECTS = (
    ObjectCase(workload()),
    ObjectCase(
        {**workload(), "metadata": {**workload()["metadata"], "labels": {"app": "api"}}},
        ("labels/name", "labels/part-of"),
    ),
    ObjectCase(
        {**workload(), "metadata": {**workload()["metadata"], "labels": {**labels("api"), "team": UNKNOWN}}},
        ("labels/unknown", "well-formed/unknown", "no-egress-segment/unknown"),
    ),
)


@pytest.mark.parametrize("case", OBJECTS, ids=str)
def test_an_object_breaks_exactly_its_rules(case: ObjectCase) -> None:
    assert rules(case.manifest) == case.rules, "the direct check finds what the case names and nothing else"
    assert engine_rules(case.manifest) == case.rules, "the engine sees the same"
