"""The proof of isolation: of every stack, three implementations find exactly the rows of the matrix.

Compared is every connection that touches a workload, allowed or not, over both address families.
"""

import json
from functools import lru_cache
from typing import Any

import pytest

from quadrant_platform.model.loader import systems
from quadrant_platform.program.recorder import record
from quadrant_platform.program.stacks import config_for
from quadrant_platform.reachability import Connection, prove
from tests.oracles import cyclonus, nca
from tests.oracles.answers import of_matrix, of_model
from tests.oracles.questions import Questions, ask

pytestmark = pytest.mark.oracle

STACKS = [(system, stage) for system in systems() for stage in ("dev", "prod")]
every_stack = pytest.mark.parametrize(("system", "stage"), STACKS, ids=["-".join(stack) for stack in STACKS])


@lru_cache
def built(system: str, stage: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The manifests of a stack, and the matrix among them."""
    manifests = record(config_for(system, stage), stage).manifests()
    carriers = [one for one in manifests if "quadrant.dev/matrix" in one["metadata"].get("labels", {})]
    assert len(carriers) == 1, "a stack registers its matrix once"
    return manifests, json.loads(carriers[0]["data"]["matrix.json"])


@lru_cache
def asked(system: str, stage: str) -> tuple[Questions, frozenset[Connection]]:
    """The questions that a stack raises, and the rows that answer them."""
    manifests, matrix = built(system, stage)
    questions = ask(manifests, matrix)
    return questions, frozenset(of_matrix(questions, matrix))


def compare(name: str, answer: set[Connection], rows: frozenset[Connection]) -> None:
    """Fail with the connections on which an analyzer and the matrix differ."""
    refused, surplus = sorted(rows - answer), sorted(answer - rows)
    assert not refused, f"{name} refuses rows of the matrix: {refused}"
    assert not surplus, f"{name} allows connections without a row: {surplus}"


@every_stack
def test_the_policies_allow_exactly_the_rows(system: str, stage: str) -> None:
    manifests, matrix = built(system, stage)
    difference = prove(manifests, matrix)
    assert difference.equal, f"missing {difference.missing}, in excess {difference.excess}"


@every_stack
def test_every_row_and_both_families_are_asked_about(system: str, stage: str) -> None:
    questions, rows = asked(system, stage)
    assert rows <= set(questions), "an answer of an analyzer counts only for what it was asked"
    assert {"IPv6" if ":" in one else "IPv4" for one in questions.addresses} == {"IPv4", "IPv6"}, "both families count"
    assert len(questions.workloads) > len(questions.pods) / 2, "most pods are ours"


@every_stack
def test_our_evaluator_finds_exactly_the_rows(system: str, stage: str) -> None:
    questions, rows = asked(system, stage)
    compare("our evaluator", of_model(questions), rows)


@every_stack
@pytest.mark.usefixtures("nca_tool")
def test_network_config_analyzer_finds_exactly_the_rows(system: str, stage: str) -> None:
    questions, rows = asked(system, stage)
    compare("network-config-analyzer", nca.allowed(questions), rows)


@every_stack
@pytest.mark.usefixtures("cyclonus_tool")
def test_cyclonus_finds_exactly_the_rows(system: str, stage: str) -> None:
    questions, rows = asked(system, stage)
    compare("cyclonus", cyclonus.allowed(questions), rows)
