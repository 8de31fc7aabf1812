"""The parts of a platform that a system has once or not at all."""

from __future__ import annotations

from collections.abc import Callable

from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.expansion.workloads import in_cluster


def uses(plan: Plan, part: str) -> bool:
    """Tell whether a system has a part in its environment."""
    return _HAS[part](plan)


def _certificates(plan: Plan) -> bool:
    encrypted = any(database.tls for database in in_cluster(plan.system, plan.environment).values())
    own_authority = encrypted and plan.environment.databases == "statefulSet"
    return own_authority or (_edge(plan) and plan.system.edge.certificate is not None)


def _edge(plan: Plan) -> bool:
    return "edge" in plan.topology.endpoints


def _monitoring(plan: Plan) -> bool:
    scraped = any(endpoint.metrics for _, endpoint in plan.topology.own())
    return scraped or any(plan.environment.name in alert.stages for alert in plan.system.alerts.values())


_HAS: dict[str, Callable[[Plan], bool]] = {
    "certificates": _certificates,
    "configs": lambda plan: bool(plan.system.configs),
    "secrets": lambda plan: bool(plan.system.secrets),
    "edge": _edge,
    "routes": _edge,
    "egress": lambda plan: "egress" in plan.topology.endpoints,
    "monitoring": _monitoring,
}
