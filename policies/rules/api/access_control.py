"""Rights on the Kubernetes API: how wide roles and bindings are, and which rights lead to others."""

from collections.abc import Iterator
from typing import NamedTuple

from quadrant_platform.policies.core import Finding, Node, ResourcePolicy, Severity, Subject
from quadrant_platform.vocabulary import NAME_LABEL

READ_VERBS = frozenset({"get", "list", "watch"})
_ROLES = frozenset({"Role", "ClusterRole"})
_BINDINGS = frozenset({"RoleBinding", "ClusterRoleBinding"})
_GROUPS = frozenset({"system:masters", "system:authenticated", "system:unauthenticated", "system:anonymous"})
_WRITE = frozenset({"create", "update", "patch"})
_WORKLOADS = frozenset({
    "pods", "replicationcontrollers", "deployments", "statefulsets", "daemonsets", "replicasets", "jobs", "cronjobs",
})  # fmt: skip


class Right(NamedTuple):
    """Verbs on resources, and the harm that they do. No resources means all."""

    check: str
    resources: frozenset[str]
    verbs: frozenset[str]
    harm: str


def _right(check: str, resources: str, verbs: str, harm: str) -> Right:
    return Right(check, frozenset(resources.split()), frozenset(verbs.split()), harm)


SECRETS = Right(
    "secrets", frozenset({"secrets"}), READ_VERBS, "reads every Secret, tokens of other accounts among them"
)
RIGHTS = (
    SECRETS,
    Right("create-pods", _WORKLOADS, _WRITE, "runs pods under any account of the namespace"),
    _right("exec", "pods/exec pods/attach pods/portforward", "get create",
           "acts inside running pods, past every NetworkPolicy"),
    _right("ephemeral-containers", "pods/ephemeralcontainers", "update patch", "puts containers into running pods"),
    _right("node-proxy", "nodes/proxy", "get create update patch delete", "commands every kubelet past the audit log"),
    _right("bind", "", "bind", "binds roles that it does not hold"),
    _right("escalate", "", "escalate", "writes roles that exceed its own"),
    _right("impersonate", "", "impersonate", "acts as another user"),
    _right("webhooks", "mutatingwebhookconfigurations validatingwebhookconfigurations mutatingadmissionpolicies "
           "mutatingadmissionpolicybindings", "create update patch delete", "changes what the cluster admits"),
    _right("certificates", "certificatesigningrequests/approval", "update patch", "approves its own certificates"),
    _right("signers", "signers", "approve sign", "signs certificates of any name"),
    _right("tokens", "serviceaccounts/token", "create", "makes tokens of other accounts"),
    _right("volumes", "persistentvolumes", "create", "mounts any folder of a node"),
)  # fmt: skip
"""Source: kubernetes.io/docs/concepts/security/rbac-good-practices, section privilege escalation risks."""


def _texts(rule: Node, field: str) -> set[str]:
    return {node.text() for node in rule.at(field).items()}


def _is_traefik(subject: Subject) -> bool:
    return "traefik" in subject.obj.name or "traefik" in subject.obj.labels.get(NAME_LABEL, "")


def read_only_traefik(subject: Subject) -> Iterator[Finding]:
    """Check that Traefik's roles only read, and name what they read."""
    if not _is_traefik(subject):
        return
    for rule in subject.node.at("rules").items():
        if writes := _texts(rule, "verbs") - READ_VERBS:
            yield Finding(f"{rule.path} allows the verbs {sorted(writes)}", "verbs")
        if "*" in _texts(rule, "resources") | _texts(rule, "apiGroups"):
            yield Finding(f"{rule.path} names a wildcard", "wildcard")


def no_wildcard(subject: Subject) -> Iterator[Finding]:
    """Check that no role holds every right and that no subject is bound to cluster-admin."""
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


def no_escalation(subject: Subject) -> Iterator[Finding]:
    """Check that no role holds a right by which its holder gains others."""
    if subject.obj.kind == "ClusterRole" and subject.node.at("aggregationRule").present():
        return  # its rules are written by a controller
    for rule in subject.node.at("rules").items():
        verbs, resources = _texts(rule, "verbs"), _texts(rule, "resources")
        for right in RIGHTS:
            used = verbs & right.verbs
            if used and _touches(right, resources) and not _is_expected(subject, rule, right):
                what = f"{', '.join(sorted(used))} on {', '.join(sorted(right.resources & resources or resources))}"
                yield Finding(f"{rule.path} allows {what}: its holder {right.harm}", right.check)


def _touches(right: Right, resources: set[str]) -> bool:
    return not right.resources or bool(right.resources & resources)


def _is_expected(subject: Subject, rule: Node, right: Right) -> bool:
    """Return whether the platform expects it: a role may read named Secrets, and a listed one all of them."""
    if right is not SECRETS:
        return False
    return bool(_texts(rule, "resourceNames")) or subject.obj.name in subject.config.secret_readers


POLICIES = (
    ResourcePolicy(
        name="read-only-traefik", title="Traefik only reads the Kubernetes API",
        severity=Severity.HIGH, tags=("CIS-5.1",), kinds=_ROLES, predicate=read_only_traefik,
        why="Traefik faces the internet: an intruder in it holds its rights.",
        remedy="Leave get, list and watch on the kinds that Traefik serves.",
    ),
    ResourcePolicy(
        name="no-wildcard-no-cluster-admin", title="No role is a wildcard, and no subject is cluster-admin",
        severity=Severity.CRITICAL, tags=("CIS-5.1.1", "CIS-5.1.3"), kinds=_ROLES | _BINDINGS,
        predicate=no_wildcard,
        why="A wildcard also covers kinds and verbs that do not exist yet.",
        remedy="Name the groups, resources and verbs, and bind a role of the workload's own.",
    ),
    ResourcePolicy(
        name="no-escalation-verbs", title="No role lets its holder gain other rights",
        severity=Severity.CRITICAL, tags=("CIS-5.1", "NSA-4"), kinds=_ROLES, predicate=no_escalation,
        why="A right to make pods, read Secrets or write roles is as good as every right that these have.",
        remedy="Leave the verb out, or name the objects in resourceNames; a platform lists the roles that must read "
        "Secrets in secretReaders.",
    ),
)  # fmt: skip
