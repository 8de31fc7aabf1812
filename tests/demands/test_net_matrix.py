"""The edge matrix of every system against its rendered NetworkPolicies, and what happens when they drift apart."""

import copy
from typing import Any

import pytest

from quadrant_platform.reachability import Discrepancy, prove
from tests.demands.reach import matrix, reach
from tests.demands.rendered import STAGES, manifests, named
from tests.stacks import Manifest

EDITIONS = pytest.mark.parametrize(
    "system",
    [
        pytest.param("motovault", marks=pytest.mark.demand("NET-19")),
        pytest.param("motovault-phase4", marks=pytest.mark.demand("NET-22")),
    ],
)


def difference(stack: list[Manifest]) -> Discrepancy:
    """What the policies of a stack refuse or allow against the matrix that it publishes."""
    return prove(stack, matrix(stack))


def without_rule(stack: list[Manifest], name: str, direction: str, index: int) -> list[Manifest]:
    """The stack with one rule of one policy gone."""
    changed = copy.deepcopy(named(stack, "NetworkPolicy", name))
    del changed["spec"][direction][index]
    return [changed if one["metadata"] == changed["metadata"] and one["kind"] == "NetworkPolicy" else one
            for one in stack]  # fmt: skip


def with_rule(stack: list[Manifest], name: str, direction: str, rule: dict[str, Any]) -> list[Manifest]:
    """The stack with one more rule in one policy."""
    changed = copy.deepcopy(named(stack, "NetworkPolicy", name))
    changed["spec"].setdefault(direction, []).append(rule)
    return [changed if one["metadata"] == changed["metadata"] and one["kind"] == "NetworkPolicy" else one
            for one in stack]  # fmt: skip


@EDITIONS
@STAGES
def test_the_policies_allow_the_matrix_and_nothing_else(system: str, stage: str) -> None:
    found = difference(manifests(system, stage))
    assert not found.missing, f"declared and refused: {found.missing}"
    assert not found.excess, f"allowed without a row: {found.excess}"


@EDITIONS
@STAGES
def test_every_pair_of_workloads_without_a_row_is_refused(system: str, stage: str) -> None:
    stack = manifests(system, stage)
    rows = {(row["from"].rpartition("/")[2], row["to"].rpartition("/")[2]) for row in matrix(stack)["rows"]}
    ours = {identity.rpartition("/")[2] for identity, peer in matrix(stack)["peers"].items()
            if peer["kind"] == "workload"}  # fmt: skip
    judged = {(edge.source, edge.target) for edge in reach(system, stage).edges if {edge.source, edge.target} <= ours}
    pairs = {(source, target) for source in ours for target in ours if source != target}
    assert len(pairs - rows) > len(pairs & rows), "most pairs have no connection"
    assert not judged & (pairs - rows), "across and inside segments, no such pair is open"


@EDITIONS
@STAGES
def test_every_rule_of_a_workload_is_needed(system: str, stage: str) -> None:
    """Service integration under isolation: the test notices each single rule that goes missing."""
    stack = manifests(system, stage)
    for policy in [one for one in stack if one["kind"] == "NetworkPolicy"]:
        name = policy["metadata"]["name"]
        if name == "default-deny":
            continue
        for direction in ("ingress", "egress"):
            for index in range(len(policy["spec"][direction])):
                lost = difference(without_rule(stack, name, direction, index)).missing
                assert lost, f"{name} would do without its {direction} rule {index}"


@EDITIONS
@STAGES
@pytest.mark.parametrize("peer", [{"ipBlock": {"cidr": "0.0.0.0/0"}}, {"namespaceSelector": {}}])
@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_an_opened_way_is_noticed(system: str, stage: str, direction: str, peer: dict[str, Any]) -> None:
    key = "from" if direction == "ingress" else "to"
    stack = with_rule(manifests(system, stage), "traefik", direction, {key: [peer]})
    assert difference(stack).excess, "whoever is let in or out without a row is found"


@EDITIONS
@STAGES
def test_a_lost_default_deny_is_noticed(system: str, stage: str) -> None:
    stack = [one for one in manifests(system, stage) if one["metadata"]["name"] != "default-deny"]
    stray = {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": []},
             "metadata": {"name": "stray", "namespace": f"{system}-database", "labels": {}}}  # fmt: skip
    assert difference([*stack, stray]).excess, "a pod that no policy selects would be open"
    assert difference([*manifests(system, stage), stray]).equal, "with default deny it is closed"
