"""The kinds of access, with their rules: roles and bindings."""

from collections.abc import Mapping
from typing import Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.metadata import path_segment
from quadrant_platform.policies.validation.native_kind import NativeKind
from quadrant_platform.policies.validation.selectors import label_selector

_VERSION, _GROUP = "rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io"
_SUBJECTS: Final = frozenset({"Group", "ServiceAccount", "User"})


def _role(role: Field) -> None:
    for rule in role.items("rules"):
        _rule(rule, namespaced=True)


def _cluster_role(role: Field) -> None:
    for rule in role.items("rules"):
        _rule(rule, namespaced=False)
    if role.has("aggregationRule"):
        selectors = role.at("aggregationRule").items("clusterRoleSelectors")
        if not selectors:
            role.at("aggregationRule", "clusterRoleSelectors").required("must have a selector")
        for selector in selectors:
            before = selector.reported
            label_selector(selector)
            if selector.reported > before:
                selector.invalid("must be a label selector")


def _rule(rule: Field, *, namespaced: bool) -> None:
    if not rule.get("verbs"):
        rule.at("verbs").required("must have a verb")
    urls = rule.at("nonResourceURLs")
    if urls.value:
        urls.expect(not namespaced, "must not be set in a Role: paths belong to no namespace")
        together = any(rule.get(key) for key in ("apiGroups", "resources", "resourceNames"))
        urls.expect(not together, "must not be set beside resources: write two rules")
        return
    for key in ("apiGroups", "resources"):
        if not rule.get(key):
            rule.at(key).required("must have a value")


def _role_binding(binding: Field) -> None:
    _binding(binding, frozenset({"ClusterRole", "Role"}), namespaced=True)


def _cluster_role_binding(binding: Field) -> None:
    _binding(binding, frozenset({"ClusterRole"}), namespaced=False)


def _binding(binding: Field, kinds: frozenset[str], *, namespaced: bool) -> None:
    role = binding.at("roleRef")
    _group(role)
    if role.text("kind") not in kinds:
        role.at("kind").not_supported(kinds)
    role.at("name").must(path_segment)
    for subject in binding.items("subjects"):
        _subject(subject, namespaced=namespaced)


def _subject(subject: Field, *, namespaced: bool) -> None:
    kind = subject.text("kind")
    if kind == "ServiceAccount":
        subject.at("name").must(formats.subdomain)
        subject.at("apiGroup").may(lambda _: "must be empty for a ServiceAccount")
        if not namespaced and not subject.text("namespace"):
            subject.at("namespace").required("must be set in a ClusterRoleBinding")
        return
    subject.at("name").must(_any)
    if kind not in _SUBJECTS:
        subject.at("kind").not_supported(_SUBJECTS)
    else:
        _group(subject)


def _group(field: Field) -> None:
    if field.text("apiGroup", _GROUP) != _GROUP:
        field.at("apiGroup").not_supported({_GROUP})


def _any(_: str) -> None:
    """Take every name."""


ACCESS: Mapping[tuple[str, str], NativeKind] = {
    (_VERSION, "Role"): NativeKind(_role, name=path_segment, keeps_generation=True),
    (_VERSION, "ClusterRole"): NativeKind(_cluster_role, name=path_segment, namespaced=False, keeps_generation=True),
    (_VERSION, "RoleBinding"): NativeKind(_role_binding, name=path_segment, keeps_generation=True),
    (_VERSION, "ClusterRoleBinding"): NativeKind(
        _cluster_role_binding, name=path_segment, namespaced=False, keeps_generation=True
    ),
}
"""Their rules, by version and kind."""
