"""Rights on the Kubernetes API: how wide roles and bindings are, and which rights lead to others."""

from collections.abc import Iterator

from quadrant_platform.policies.configuration.config import Config
from quadrant_platform.policies.core import Finding, Object, ResourcePolicy, Severity, Subject
from quadrant_platform.policies.rules.api.rights import READ_VERBS, SECRETS, Reached, reached
from quadrant_platform.policies.rules.api.role_rules import ALL, RoleRule, rules_of
from quadrant_platform.vocabulary import NAME_LABEL

ROLES = frozenset({"Role", "ClusterRole"})
_BINDINGS = frozenset({"RoleBinding", "ClusterRoleBinding"})
_EVERYTHING = frozenset({ALL, "/*"})
_GROUPS = frozenset({"system:masters", "system:authenticated", "system:unauthenticated", "system:anonymous"})


def read_only_traefik(subject: Subject) -> Iterator[Finding]:
    """Check that Traefik's roles only read, and name what they read."""
    if not is_traefik(subject.obj):
        return
    for rule in _stated(subject):
        yield from not_read_only(rule)


def is_traefik(role: Object) -> bool:
    """Return whether a role is one of Traefik's."""
    return "traefik" in role.name or "traefik" in role.labels.get(NAME_LABEL, "")


def not_read_only(rule: RoleRule) -> Iterator[Finding]:
    """Check that a rule only reads, and names what it reads."""
    if writes := {*rule.verbs} - READ_VERBS:
        yield Finding(f"{rule.path} allows the verbs {sorted(writes)}", "verbs")
    if ALL in (*rule.resources, *rule.groups):
        yield Finding(f"{rule.path} names a wildcard", "wildcard")


def no_wildcard(subject: Subject) -> Iterator[Finding]:
    """Check that no role holds every right and that no subject is bound to cluster-admin."""
    for rule in _stated(subject):
        for field in ("verbs", "resources", "apiGroups", "nonResourceURLs"):
            if not _EVERYTHING.isdisjoint(one.text() for one in rule.node.at(field).items()):
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


def no_escalation(subject: Subject) -> Iterator[Finding]:
    """Check that no role holds a right by which its holder gains others."""
    for rule in _stated(subject):
        for found in reached(rule, clusterwide=subject.obj.kind == "ClusterRole"):
            if not is_expected(found, subject.obj, subject.config):
                yield Finding(f"{rule.path} allows {found}", found.right.check)


def is_expected(found: Reached, role: Object, config: Config) -> bool:
    """Return whether the platform expects a right: a listed role may read all Secrets."""
    return found.right is SECRETS and role.name in config.secret_readers


def _stated(subject: Subject) -> Iterator[RoleRule]:
    """Yield the rules that a role states; those of an aggregated one are written by a controller."""
    if not subject.node.at("aggregationRule").present():
        yield from rules_of(subject.node)


POLICIES = (
    ResourcePolicy(
        name="read-only-traefik", title="Traefik only reads the Kubernetes API",
        severity=Severity.HIGH, tags=("CIS-5.1",), kinds=ROLES, predicate=read_only_traefik,
        why="Traefik faces the internet: an intruder in it holds its rights.",
        remedy="Leave get, list and watch on the kinds that Traefik serves.",
    ),
    ResourcePolicy(
        name="no-wildcard-no-cluster-admin", title="No role is a wildcard, and no subject is cluster-admin",
        severity=Severity.CRITICAL, tags=("CIS-5.1.1", "CIS-5.1.3"), kinds=ROLES | _BINDINGS,
        predicate=no_wildcard,
        why="A wildcard also covers kinds and verbs that do not exist yet.",
        remedy="Name the groups, resources and verbs, and bind a role of the workload's own.",
    ),
    ResourcePolicy(
        name="no-escalation-verbs", title="No role lets its holder gain other rights",
        severity=Severity.CRITICAL, tags=("CIS-5.1", "NSA-4"), kinds=ROLES, predicate=no_escalation,
        why="A right to make pods, read Secrets or write roles is as good as every right that these have.",
        remedy="Leave the verb out. Rights on Secrets, pods, accounts, roles to bind and users may also be limited to "
        "objects that resourceNames lists. A platform lists the roles that must read all Secrets in secretReaders.",
    ),
)  # fmt: skip
