"""The two answers that need no tool: the matrix's own rows, and our evaluator."""

from collections.abc import Mapping
from typing import Any

from quadrant_platform.reachability import Connection, Connectivity, Scope, Socket, parse_policies
from tests.oracles.questions import Questions, holds
from tests.oracles.sockets import UNNAMED
from tests.reachability.builders import address_set


def of_matrix(questions: Questions, matrix: Mapping[str, Any]) -> set[Connection]:
    """The rows, with networks spelled out as the addresses that are asked about."""
    members = {name: _members(peer, questions) for name, peer in matrix["peers"].items() if "blocks" in peer}
    return {
        Connection(source, target, row["protocol"], row["port"])
        for row in matrix["rows"]
        for source in members.get(row["from"], [row["from"]])
        for target in members.get(row["to"], [row["to"]])
    }


def of_model(questions: Questions) -> set[Connection]:
    """What our evaluator allows."""
    sockets = frozenset(Socket(*socket) for group in questions.sockets.doors.values() for socket in group | UNNAMED)
    sets = [address_set(address, address) for address in questions.addresses]
    scope = Scope(sets, sockets, itself=True, subjects=questions.workloads)
    graph = Connectivity(parse_policies(questions.policies), questions.pods, questions.namespaces, scope)
    cells = {next(iter(graph.cells.of_ranges(one.ranges))): one.id for one in sets}
    named = (
        edge._replace(source=cells.get(edge.source, edge.source), target=cells.get(edge.target, edge.target))
        for edge in graph.connections()
    )
    return set(named) & set(questions)


def _members(peer: Mapping[str, Any], questions: Questions) -> list[str]:
    return [address for address in questions.addresses if any(holds(part, address) for part in peer["blocks"])]
