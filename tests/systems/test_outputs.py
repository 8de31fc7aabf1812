"""The outputs of a stack: where users go, its namespaces, and the matrix in force."""

import hashlib
from typing import Any

import pulumi
import pytest

from quadrant_platform.program import stacks
from tests.stacks import STACKS, planned


@pytest.mark.parametrize(("system", "stage"), STACKS)
def test_a_stack_exports_urls_namespaces_and_the_digest_of_the_matrix(
    system: str, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported: dict[str, Any] = {}
    monkeypatch.setattr(pulumi, "export", exported.__setitem__)
    stacks.recorded(system, stage)
    plan = planned(system, stage)
    hosts = {route.spec.host for route in plan.edge.routes} if plan.edge else set()
    assert {url.split("/")[2] for url in exported["urls"]} == hosts, "each public host, and no other"
    namespaces = {plan.namespace(segment) for segment in plan.topology.segments}
    assert set(exported["namespaces"]) == namespaces, "where to look"
    digest = hashlib.sha256(plan.matrix.canonical().encode()).hexdigest()
    assert exported["matrix"] == digest, "two stacks with one digest permit the same connections"
