"""Rights on the Kubernetes API."""

from __future__ import annotations

from collections.abc import Iterator

from quadrant_platform.policies.core.access import Node
from quadrant_platform.policies.core.policy import Finding, ResourcePolicy, Severity, Subject

READ_VERBS = frozenset({"get", "list", "watch"})
_ROLES = frozenset({"Role", "ClusterRole"})
_BINDINGS = frozenset({"RoleBinding", "ClusterRoleBinding"})
_GROUPS = frozenset({"system:masters", "system:authenticated", "system:unauthenticated", "system:anonymous"})


def _texts(rule: Node, field: str) -> set[str]:
    return {node.text() for node in rule.at(field).items()}


def _is_traefik(subject: Subject) -> bool:
    return "traefik" in subject.obj.name or "traefik" in subject.obj.labels.get("app.kubernetes.io/name", "")


def read_only_traefik(subject: Subject) -> Iterator[Finding]:
    """Traefik's roles only read, and name what they read."""
    if not _is_traefik(subject):
        return
    for rule in subject.node.at("rules").items():
        if writes := _texts(rule, "verbs") - READ_VERBS:
            yield Finding(f"{rule.path} allows the verbs {sorted(writes)}", "verbs")
        if "*" in _texts(rule, "resources") | _texts(rule, "apiGroups"):
            yield Finding(f"{rule.path} names a wildcard", "wildcard")


def no_wildcard(subject: Subject) -> Iterator[Finding]:
    """No role holds everything, and nobody is bound to cluster-admin."""
    for rule in subject.node.at("rules").items():
        for field in ("verbs", "resources", "apiGroups"):
            if "*" in _texts(rule, field):
                yield Finding(f"{rule.path}.{field} is a wildcard", "wildcard")
    if subject.obj.kind in _BINDINGS:
        yield from _bound_too_widely(subject)


def _bound_too_widely(subject: Subject) -> Iterator[Finding]:
    if subject.node.at("roleRef", "name").text() == "cluster-admin":
        yield Finding("roleRef is cluster-admin", "cluster-admin")
    for node in subject.node.at("subjects").items():
        if node.at("name").text() in _GROUPS:
            yield Finding(f"{node.path} is {node.at('name').text()}", "subject")
        elif (node.at("kind").text(), node.at("name").text()) == ("ServiceAccount", "default"):
            yield Finding(f"{node.path} is the account of every pod that names none", "default-account")


POLICIES = (
    ResourcePolicy(
        name="read-only-traefik", title="Traefik only reads the Kubernetes API",
        severity=Severity.HIGH, tags=("CIS-5.1",), kinds=_ROLES, predicate=read_only_traefik,
        why="Traefik faces the internet: whoever takes it over holds its rights.",
        remedy="Leave get, list and watch on the kinds that Traefik serves.",
    ),
    ResourcePolicy(
        name="no-wildcard-no-cluster-admin", title="No role is a wildcard, nobody is cluster-admin",
        severity=Severity.CRITICAL, tags=("CIS-5.1.1", "CIS-5.1.3"), kinds=_ROLES | _BINDINGS,
        predicate=no_wildcard,
        why="A wildcard also covers kinds and verbs that do not exist yet.",
        remedy="Name the groups, resources and verbs, and bind a role of the workload's own.",
    ),
)  # fmt: skip
