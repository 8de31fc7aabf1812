"""Consumers of secrets: the workloads that mount each, and no others."""

from collections.abc import Iterator

from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.expansion.planned import PlannedDatabase

Use = tuple[str, str, str]
"""Namespace, secret, workload."""


def consumers(plan: Plan) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the workloads that mount each secret, by namespace and secret."""
    found: dict[tuple[str, str], list[str]] = {}
    for namespace, secret, workload in sorted({*_mounted(plan), *_basic_auth(plan)}):
        found.setdefault((namespace, secret), []).append(workload)
    return {place: tuple(workloads) for place, workloads in found.items()}


def _mounted(plan: Plan) -> Iterator[Use]:
    """Yield the mounts of workloads; an operator's clusters read a Secret of another type."""
    for one in plan.workloads():
        if not (isinstance(one, PlannedDatabase) and one.engine == "cloudNativePg"):
            yield from ((one.endpoint.namespace, secret.name, one.data_name) for secret in one.secrets)


def _basic_auth(plan: Plan) -> Iterator[Use]:
    """Yield the users of basic-auth middlewares, which Traefik reads in the namespace of the route."""
    for route in plan.edge.routes if plan.edge else ():
        for used in route.spec.middlewares:
            users = plan.edge.spec.middlewares[used].basic_auth if plan.edge else None
            if users is not None:
                yield route.namespace, users, "traefik"
