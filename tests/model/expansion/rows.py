"""The matrix as plain tuples."""

from quadrant_platform.model.expansion.plan import Plan

Edge = tuple[str, str, str, int]
"""Source, target, protocol and port."""


def edges(plan: Plan) -> set[Edge]:
    """Every permitted connection."""
    return {row.key for row in plan.matrix.rows}


def implied(plan: Plan, rule: str) -> set[Edge]:
    """The connections that one rule adds."""
    return {row.key for row in plan.matrix.rows if row.implied == rule}


def leaving(plan: Plan, source: str) -> set[tuple[str, str, int]]:
    """Target, protocol and port of what a source may open."""
    return {(target, protocol, port) for start, target, protocol, port in edges(plan) if start == source}


def arriving(plan: Plan, target: str) -> set[tuple[str, str, int]]:
    """Source, protocol and port of what reaches a target."""
    return {(source, protocol, port) for source, end, protocol, port in edges(plan) if end == target}
