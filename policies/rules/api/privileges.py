"""Rights with which an account raises itself above the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from quadrant_platform.policies.core.access import Node
from quadrant_platform.policies.core.policy import Finding, ResourcePolicy, Severity, Subject

_ROLES = frozenset({"Role", "ClusterRole"})
_READ = frozenset({"get", "list", "watch"})
_WRITE = frozenset({"create", "update", "patch"})
_RBAC = "rbac.authorization.k8s.io"
_WORKLOADS = frozenset({
    "pods", "replicationcontrollers", "deployments", "statefulsets", "daemonsets", "replicasets", "jobs", "cronjobs",
})  # fmt: skip


class Right(NamedTuple):
    """Verbs on resources, and what they are good for. No resources means all."""

    check: str
    resources: frozenset[str]
    verbs: frozenset[str]
    harm: str


def _right(check: str, resources: str, verbs: str, harm: str) -> Right:
    return Right(check, frozenset(resources.split()), frozenset(verbs.split()), harm)


SECRETS = Right("secrets", frozenset({"secrets"}), _READ, "reads every Secret, tokens of other accounts among them")
RIGHTS = (
    SECRETS,
    Right("create-pods", _WORKLOADS, _WRITE, "runs pods under any account of the namespace"),
    _right("exec", "pods/exec pods/attach pods/portforward", "get create",
           "acts inside running pods, past every NetworkPolicy"),
    _right("ephemeral-containers", "pods/ephemeralcontainers", "update patch", "puts containers into running pods"),
    _right("node-proxy", "nodes/proxy", "get create update patch delete", "commands every kubelet past the audit log"),
    _right("bind", "", "bind", "binds roles that it does not hold"),
    _right("escalate", "", "escalate", "writes roles that exceed its own"),
    _right("impersonate", "", "impersonate", "acts as somebody else"),
    _right("webhooks", "mutatingwebhookconfigurations validatingwebhookconfigurations mutatingadmissionpolicies "
           "mutatingadmissionpolicybindings", "create update patch delete", "changes what the cluster admits"),
    _right("certificates", "certificatesigningrequests/approval", "update patch", "approves its own certificates"),
    _right("signers", "signers", "approve sign", "signs certificates of anybody"),
    _right("tokens", "serviceaccounts/token", "create", "makes tokens of other accounts"),
    _right("volumes", "persistentvolumes", "create", "mounts any folder of a node"),
)  # fmt: skip
"""Source: kubernetes.io/docs/concepts/security/rbac-good-practices, section privilege escalation risks."""


def no_escalation(subject: Subject) -> Iterator[Finding]:
    """No role holds a right by which its holder gains others."""
    if subject.obj.kind == "ClusterRole" and subject.node.at("aggregationRule").present():
        return  # its rules are written by a controller
    for rule in subject.node.at("rules").items():
        verbs, resources = _words(rule, "verbs"), _words(rule, "resources")
        for right in RIGHTS:
            used = verbs & right.verbs
            if used and _touches(right, resources) and not _spared(subject, rule, right):
                what = f"{', '.join(sorted(used))} on {', '.join(sorted(right.resources & resources or resources))}"
                yield Finding(f"{rule.path} allows {what}: whoever holds it {right.harm}", right.check)


def _words(rule: Node, field: str) -> set[str]:
    return {node.text() for node in rule.at(field).items()}


def _touches(right: Right, resources: set[str]) -> bool:
    """A wildcard is a violation by itself, of another policy."""
    return not right.resources or bool(right.resources & resources)


def _spared(subject: Subject, rule: Node, right: Right) -> bool:
    """Reading named Secrets is no escalation, nor is reading all where the platform expects it."""
    if right is not SECRETS:
        return False
    return bool(_words(rule, "resourceNames")) or subject.obj.name in subject.config.secret_readers


POLICIES = (
    ResourcePolicy(
        name="no-escalation-verbs", title="No role lets its holder gain other rights",
        severity=Severity.CRITICAL, tags=("CIS-5.1", "NSA-4"), kinds=_ROLES, predicate=no_escalation,
        why="A right to make pods, read Secrets or write roles is as good as every right that these have.",
        remedy="Leave the verb out, or name the objects in resourceNames; a platform lists the roles that must read "
        "Secrets in secretReaders.",
    ),
)  # fmt: skip
