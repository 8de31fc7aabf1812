"""Rights on the Kubernetes API by which their holder gains others."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from quadrant_platform.policies.rules.api.role_rules import RoleRule, takes

READ_VERBS: Final = frozenset({"get", "list", "watch"})
_WRITE = "create update patch"
_ALL_VERBS = "get create update patch delete"
_NOBODY: Final = "(?!)"
_ANYBODY: Final = "[^/]*"


class Target(NamedTuple):
    """A resource, and whether only a ClusterRole can open it. A slash at its end stands for all subresources."""

    group: str
    resource: str
    cluster: bool


class Right(NamedTuple):
    """Verbs on resources, the harm that they do, and the names with which a rule that gives names still does it."""

    check: str
    verbs: frozenset[str]
    targets: tuple[Target, ...]
    harm: str
    names: re.Pattern[str]


class Reached(NamedTuple):
    """A right that a rule gives, by which of its words."""

    right: Right
    verbs: tuple[str, ...]
    resources: tuple[str, ...]

    @property
    def words(self) -> frozenset[tuple[str, str]]:
        """Verbs and resources of the rule by which it is given."""
        return frozenset((verb, resource) for verb in self.verbs for resource in self.resources)

    def __str__(self) -> str:
        return f"{', '.join(sorted(self.verbs))} on {', '.join(sorted(self.resources))}: its holder {self.right.harm}"


Groups = Mapping[str, str]
"""Resources by their group."""


def _right(
    check: str, verbs: str, harm: str, within: Groups | None = None, cluster: Groups | None = None,
    names: str = _ANYBODY,
) -> Right:  # fmt: skip
    listed = ((within or {}, False), (cluster or {}, True))
    targets = (Target(group, one, wide) for groups, wide in listed for group in groups for one in groups[group].split())
    return Right(check, frozenset(verbs.split()), tuple(targets), harm, re.compile(names))


SECRETS = _right("secrets", " ".join(READ_VERBS), "reads every Secret, tokens of other accounts among them",
                 within={"": "secrets"}, names=_NOBODY)  # fmt: skip
RIGHTS = (
    SECRETS,
    _right("create-pods", _WRITE, "runs pods under any account of the namespace", within={
        "": "pods replicationcontrollers", "apps": "deployments statefulsets daemonsets replicasets",
        "batch": "jobs cronjobs"}),
    _right("exec", "get create", "acts inside running pods, past every NetworkPolicy",
           within={"": "pods/exec pods/attach pods/portforward"}, names=_NOBODY),
    _right("ephemeral-containers", "update patch", "puts containers into running pods",
           within={"": "pods/ephemeralcontainers"}, names=_NOBODY),
    _right("node-proxy", _ALL_VERBS, "commands every kubelet past the audit log", cluster={"": "nodes/proxy"}),
    _right("proxy", _ALL_VERBS, "calls every port of pods through the API server, past every NetworkPolicy",
           within={"": "pods/proxy services/proxy"}, names=_NOBODY),
    _right("bind", "bind", "binds roles that it does not hold", within={"rbac.authorization.k8s.io":
           "roles clusterroles"}, names="cluster-admin|system:(controller:|kube-).*"),
    _right("escalate", "escalate", "writes roles that exceed its own",
           within={"rbac.authorization.k8s.io": "roles"}, cluster={"rbac.authorization.k8s.io": "clusterroles"}),
    _right("impersonate", "impersonate", "acts as another user", within={"": "serviceaccounts"},
           cluster={"": "users groups", "authentication.k8s.io": "uids userextras/"},
           names="system:(masters|kube-.*|nodes?(:.*)?)|kubeadm:cluster-admins"),
    _right("webhooks", f"{_WRITE} delete", "changes what the cluster admits", cluster={"admissionregistration.k8s.io":
           "mutatingwebhookconfigurations validatingwebhookconfigurations mutatingadmissionpolicies "
           "mutatingadmissionpolicybindings validatingadmissionpolicies validatingadmissionpolicybindings"}),
    _right("certificates", "update patch", "approves its own certificates",
           cluster={"certificates.k8s.io": "certificatesigningrequests/approval"}),
    _right("signers", "approve sign", "signs certificates of any name", cluster={"certificates.k8s.io": "signers"},
           names=r"kubernetes\.io/.*"),
    _right("tokens", "create", "makes tokens of other accounts", within={"": "serviceaccounts/token"}, names=_NOBODY),
    _right("volumes", "create", "mounts any folder of a node", cluster={"": "persistentvolumes"}),
)  # fmt: skip
"""Source: kubernetes.io/docs/concepts/security/rbac-good-practices, section privilege escalation risks."""


def reached(rule: RoleRule, *, clusterwide: bool) -> Iterator[Reached]:
    """Yield the rights that a rule gives by verbs and resources that it names; what a bare `*` gives has a policy.

    A word such as `*/proxy` that gives several rights yields the first of them.
    """
    known = set[tuple[str, str]]()
    for right in RIGHTS:
        found = Reached(right, *_words(rule, right, clusterwide=clusterwide))
        if not found.words <= known:
            known |= found.words
            yield found


def _words(rule: RoleRule, right: Right, *, clusterwide: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the verbs and resources of a rule that give a right."""
    if rule.names and not any(right.names.fullmatch(name) for name in rule.names):
        return (), ()
    verbs, words = dict[str, None](), dict[str, None]()
    for target in right.targets:
        fitting = [word for word in rule.resources if word != "*" and _opens(word, target.resource)]
        asked = [
            verb
            for verb in rule.verbs
            if verb in right.verbs and not (rule.names and rule.is_nameless(verb, target.resource))
        ]
        if fitting and asked and rule.covers(target.group) and (clusterwide or not target.cluster):
            verbs.update(dict.fromkeys(asked))
            words.update(dict.fromkeys(fitting))
    return tuple(verbs), tuple(words)


def _opens(word: str, resource: str) -> bool:
    """Return whether a rule's word opens a resource, or for a slash at its end one of its subresources."""
    if not resource.endswith("/"):
        return takes(word, resource)
    of, slash, subresource = word.partition("/")
    return bool(slash) and subresource not in ("", "*") and f"{of}/" in (resource, "*/")
