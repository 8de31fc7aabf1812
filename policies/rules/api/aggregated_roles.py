"""Aggregated ClusterRoles: what they get from the roles that their selectors choose."""

from collections.abc import Iterator
from typing import Final

from quadrant_platform.policies.core import Finding, Node, Object, Severity, StackIndex, StackPolicy
from quadrant_platform.policies.core.network_reads import selector_of
from quadrant_platform.policies.core.policy import OPERATIONS
from quadrant_platform.policies.rules.api.access_control import is_expected, is_traefik, not_read_only
from quadrant_platform.policies.rules.api.rights import reached
from quadrant_platform.policies.rules.api.role_rules import rules_of
from quadrant_platform.reachability import Selector

_AGGREGATE: Final = "rbac.authorization.k8s.io/aggregate-to-"
_SHIPPED: Final = {"kubernetes.io/bootstrapping": "rbac-defaults"}
BUILT_IN: Final = {
    "cluster-admin": _SHIPPED,
    "edit": {**_SHIPPED, f"{_AGGREGATE}admin": "true"},
    "system:aggregate-to-edit": {**_SHIPPED, f"{_AGGREGATE}edit": "true"},
}
"""ClusterRoles that every cluster has and whose holder gains other rights, with their labels."""

SHIPPED_AGGREGATES: Final = frozenset({"admin", "edit", "view"})
"""The cluster's own aggregated roles, for manifests that were read from one."""


def aggregated(stack: StackIndex) -> Iterator[Finding]:
    """Check that no aggregated role gets a right that is not for it: from built-in roles, or from roles excused."""
    roles = [role for role in stack.of_kind("ClusterRole") if role.group == "rbac.authorization.k8s.io"]
    for role in roles:
        for node in role.node.at("aggregationRule", "clusterRoleSelectors").items():
            selector = selector_of(node)
            yield from _from_built_in(role, node, selector)
            for source in roles:
                if source is not role and selector.matches(source.labels):
                    yield from _from(source, role, stack)


def _from_built_in(role: Object, node: Node, selector: Selector) -> Iterator[Finding]:
    names = [name for name, labels in BUILT_IN.items() if selector.matches(labels)]
    if names and role.name not in SHIPPED_AGGREGATES:
        what = f"{node.path} selects the built-in {', '.join(names)}: the role's holder has all their rights"
        yield Finding(what, "built-in", role)


def _from(source: Object, role: Object, stack: StackIndex) -> Iterator[Finding]:
    """Yield what is wrong with another role's rules only as this role has them; the rest is found at the other."""
    if source.node.at("aggregationRule").present():
        return
    for rule in rules_of(source.node):
        where = f"{rule.path} of {source.identity}, which it aggregates,"
        for found in reached(rule, clusterwide=True):
            if is_expected(found, source, stack.config) and not is_expected(found, role, stack.config):
                yield Finding(f"{where} allows {found}", found.right.check, role)
        if is_traefik(role) and not is_traefik(source):
            yield from (Finding(f"{where}: {one.message}", one.check, role) for one in not_read_only(rule))


POLICIES = (
    StackPolicy(
        name="aggregated-roles", title="Aggregated roles gain no right that is not meant for them",
        severity=Severity.CRITICAL, tags=("CIS-5.1", "NSA-4"), group=OPERATIONS, predicate=aggregated,
        why="An aggregated role has the rules of every role that its selectors choose, also of the cluster's own: an "
        "empty selector makes it cluster-admin.",
        remedy="Select by a label of your own, which no built-in role has, and leave out roles that are not for it.",
    ),
)  # fmt: skip
