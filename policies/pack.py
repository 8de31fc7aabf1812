"""The registry of all policies, the format of their configuration, and the check that runs them without the engine."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from quadrant_platform.policies.configuration.config import Config
from quadrant_platform.policies.configuration.exemptions import Exemption
from quadrant_platform.policies.configuration.file_format import ConfigurationFormat
from quadrant_platform.policies.core import Finding, Level, Object, ResourcePolicy, StackIndex, evaluation, well_formed
from quadrant_platform.policies.core.objects import objects
from quadrant_platform.policies.core.policy import EXEMPTIONS, Policy, Severity, StackPolicy, Violation
from quadrant_platform.policies.pss import pod_security
from quadrant_platform.policies.rules.api import (
    access_control,
    aggregated_roles,
    api_kinds,
    idle_rules,
    operator_apis,
)
from quadrant_platform.policies.rules.conventions import debug_mode, namespaces, recommended_labels, repeated_objects
from quadrant_platform.policies.rules.network import (
    aliases,
    matrix_proof,
    name_lookups,
    network_policies,
    policy_coverage,
    policy_ports,
    services,
)
from quadrant_platform.policies.rules.operators import (
    cloudnative_pg,
    monitors,
    named_objects,
    prometheus_rules,
    scale_targets,
)
from quadrant_platform.policies.rules.routes import (
    hosts,
    loose_paths,
    route_middlewares,
    route_rules,
    routers,
    traefik_objects,
)
from quadrant_platform.policies.rules.secrets import (
    credentials,
    mounted_files,
    object_references,
    secret_makers,
    secret_use,
)
from quadrant_platform.policies.rules.workloads import (
    availability,
    capacity,
    containers,
    disruption_budgets,
    identity,
    image_references,
    lengths,
    lifecycle,
    limit_ranges,
    ports,
    quotas,
    workload_selectors,
)

__all__ = [
    "CONFIGURATION", "POLICIES", "RESOURCE_POLICIES", "STACK_POLICIES", "Config", "Exemption", "Level", "Object",
    "Severity", "Violation", "check", "not_applicable", "not_judged",
]  # fmt: skip


def _exemption_rows(stack: StackIndex) -> Iterator[Finding]:
    """Check that every exemption still applies to something and has not expired."""
    rows = [row for row in stack.config.exemptions if _is_on(row.policy, stack.config)]
    broken = _broken(stack) if rows else ()
    for row in rows:
        if row.expires < stack.config.today:
            yield Finding(f"the exemption from {row} has expired", "expired")
        elif not any(found.is_exempted_by(row) for found in broken):
            yield Finding(f"the exemption from {row} matches nothing", "unused")


def _is_on(name: str, config: Config) -> bool:
    """Return whether the policy is on. One that does not exist exempts nothing, so its rows are unused."""
    policy = POLICIES.get(name)
    return policy is None or evaluation.level_of(policy, config) is not Level.DISABLED


_EXEMPTIONS = StackPolicy(
    name="exemptions", title="Exemptions are used and in force",
    severity=Severity.MEDIUM, tags=("hygiene",), group=EXEMPTIONS, predicate=_exemption_rows,
    why="An exemption that outlives its reason becomes the rule.",
    remedy="Remove the row, or renew it with a reason.",
)  # fmt: skip
_MODULES = (
    well_formed, pod_security, identity, containers, capacity, image_references, ports, lifecycle,
    workload_selectors, credentials, network_policies, access_control, idle_rules, aggregated_roles, routers,
    recommended_labels, api_kinds, policy_coverage, policy_ports, name_lookups, matrix_proof, route_middlewares,
    aliases, services, object_references, secret_makers, hosts, route_rules, traefik_objects, loose_paths,
    named_objects, monitors, prometheus_rules, cloudnative_pg, scale_targets, operator_apis, mounted_files,
    disruption_budgets, availability, quotas, limit_ranges, namespaces, secret_use, debug_mode, repeated_objects,
    lengths,
)  # fmt: skip
_ALL: tuple[Policy, ...] = (*(policy for module in _MODULES for policy in module.POLICIES), _EXEMPTIONS)
RESOURCE_POLICIES = tuple(policy for policy in _ALL if isinstance(policy, ResourcePolicy))
STACK_POLICIES = tuple(policy for policy in _ALL if isinstance(policy, StackPolicy))

POLICIES: Mapping[str, Policy] = {policy.name: policy for policy in (*RESOURCE_POLICIES, *STACK_POLICIES)}
"""Every policy by its name."""


def _titles() -> Mapping[str, Mapping[str, str]]:
    found = defaultdict[str, dict[str, str]](dict)
    for policy in POLICIES.values():
        found[policy.engine_name][policy.name] = policy.title
    return found


CONFIGURATION = ConfigurationFormat(_titles())


@lru_cache(maxsize=1)
def _broken(stack: StackIndex) -> tuple[Violation, ...]:
    return tuple(_violations(stack))


def _violations(stack: StackIndex) -> Iterator[Violation]:
    config = stack.config
    for policy in (policy for policy in RESOURCE_POLICIES if _is_on(policy.name, config)):
        for obj in stack.objects:
            yield from evaluation.run_resource(policy, obj, config)
    if _is_on("matrix-present", config):
        yield from evaluation.unreadable_views(POLICIES["matrix-present"], stack)
    for stack_policy in (
        policy for policy in STACK_POLICIES if policy is not _EXEMPTIONS and _is_on(policy.name, config)
    ):
        yield from evaluation.run_stack(stack_policy, stack)


def check(manifests: Iterable[Object | Mapping[str, Any]], config: Config | None = None) -> list[Violation]:
    """Judge manifests by every policy; each violation once.

    A manifest may be wrapped in `Object` with its file and line. Manifests of any shape are accepted: an unreadable
    field is a violation of `well-formed`.
    """
    stack = StackIndex(tuple(objects(manifests)), config or Config())
    found = [*evaluation.without_exempted(_broken(stack), stack.config)]
    if _is_on("exemptions", stack.config):
        found += evaluation.run_stack(_EXEMPTIONS, stack)
    return list(dict.fromkeys(found))


def not_judged(manifests: Iterable[Object | Mapping[str, Any]], config: Config) -> list[str]:
    """Return what no policy judges: rules of definitions that we cannot read, and what an absent program would."""
    listed = list(objects(manifests))
    found = prometheus_rules.unjudged(listed)
    return [*config.definitions.not_judged(one.manifest for one in listed), *([found] if found else [])]


def not_applicable(manifests: Iterable[Object | Mapping[str, Any]]) -> list[str]:
    """Return the policies that need a matrix, where the objects have neither a matrix nor a segment."""
    stack = StackIndex(tuple(objects(manifests)), Config())
    return [] if stack.has_isolation else [policy.name for policy in STACK_POLICIES if policy.needs_matrix]
