"""Who mounts which secret: the least privilege of files."""

from __future__ import annotations

from collections.abc import Iterator

from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.expansion.workloads import in_cluster
from quadrant_platform.model.schema.service import ContainerSpec

Use = tuple[str, str, str]
"""Namespace, secret, workload."""


def consumers(plan: Plan) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the workloads that mount each secret, by namespace and secret."""
    found: dict[tuple[str, str], list[str]] = {}
    for namespace, secret, workload in sorted({*_declared(plan), *_stores(plan), *_databases(plan), *_routes(plan)}):
        found.setdefault((namespace, secret), []).append(workload)
    return {place: tuple(workloads) for place, workloads in found.items()}


def _declared(plan: Plan) -> Iterator[Use]:
    processes: dict[str, ContainerSpec] = {**plan.system.services, **plan.system.jobs}
    for name, process in processes.items():
        if name in plan.topology.endpoints:
            for secret in process.secrets:
                yield plan.namespace(process.segment), secret, name


def _stores(plan: Plan) -> Iterator[Use]:
    for name, cache in plan.system.caches.items():
        for pods in (name, f"{name}-sentinel"):
            if pods in plan.topology.endpoints:
                yield plan.namespace(cache.segment), cache.password, pods
    for name, store in plan.system.object_stores.items():
        for secret in (store.access_key, store.secret_key):
            yield plan.namespace(store.segment), secret, name


def _databases(plan: Plan) -> Iterator[Use]:
    """An operator's clusters read their owner's credentials from a Secret of a type of its own."""
    inside = in_cluster(plan.system, plan.environment)
    own_pods = plan.environment.databases == "statefulSet"
    for name, database in inside.items():
        if own_pods or database.engine == "clickhouse":
            yield plan.namespace(database.segment), database.password, name
    for name, pooler in plan.system.poolers.items() if own_pods else ():
        yield plan.namespace(pooler.segment), inside[pooler.database].password, name


def _routes(plan: Plan) -> Iterator[Use]:
    """A basic-auth middleware reads its users beside the route that uses it."""
    edge = plan.topology.endpoints.get("edge")
    for route in plan.system.edge.routes.values():
        target = plan.topology.endpoints.get(route.to, edge)
        if target is None or plan.environment.name not in route.stages:
            continue
        for used in route.middlewares:
            users = plan.system.edge.middlewares[used].basic_auth
            if users is not None:
                yield target.namespace, users, "traefik"
