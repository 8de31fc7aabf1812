"""Words of roles that match no request are told, with the reason."""

from __future__ import annotations

from typing import Any

import pytest

from tests.policies.builders import Manifest, obj
from tests.policies.judging import found_in


def messages(kind: str, **rule: Any) -> list[str]:
    manifest: Manifest = obj("rbac.authorization.k8s.io/v1", kind, "r", rules=[rule])
    return [f"{one.check}: {one.message}" for one in found_in([manifest], "rules-match")]


@pytest.mark.parametrize("resource", ["nodes/*", "pods/*", "*/*", "pods*", "*/", "", "Pod", "pods/Exec"])
def test_a_name_that_no_resource_has_is_told(resource: str) -> None:
    [found] = messages("ClusterRole", apiGroups=[""], resources=[resource], verbs=["get"])
    assert found.startswith(f"resource: rules[0]: {resource} matches nothing"), "with the word itself"


def test_the_group_that_has_the_resource_is_named() -> None:
    [found] = messages("Role", apiGroups=[""], resources=["deployments", "pods"], verbs=["get"])
    assert "deployments matches nothing" in found, "the other word is right"
    assert "'apps' has" in found, "the reader looks for the group"


@pytest.mark.parametrize(
    ("groups", "resource"),
    [
        (["", "apps"], "deployments"), (["example.com"], "widgets"), (["", "example.com"], "widgets"),
        (["*"], "widgets"), ([""], "*/scale"), (["apps"], "deployments/finalizers"), ([""], "nodes/metrics"),
        (["authentication.k8s.io"], "userextras/scopes"), (["metrics.k8s.io"], "pods"), (["extensions"], "ingresses"),
    ],
)  # fmt: skip
def test_what_some_server_may_have_is_no_finding(groups: list[str], resource: str) -> None:
    assert not messages("ClusterRole", apiGroups=groups, resources=[resource], verbs=["get"]), "it may match"


def test_what_is_the_clusters_is_told_in_a_role_only() -> None:
    rule = {"apiGroups": [""], "resources": ["nodes"], "verbs": ["get"]}
    assert messages("Role", **rule)[0].startswith("scope"), "a RoleBinding gives nothing outside its namespace"
    assert not messages("ClusterRole", **rule), "there it is right"
    assert not messages("Role", **{**rule, "resources": ["namespaces"]}), "its own Namespace is in its reach"


def test_create_by_name_is_told_where_nothing_is_applied() -> None:
    named = {"apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["a"]}
    assert messages("Role", **named, verbs=["get", "create"])[0].startswith("name: rules[0]: create"), "no name yet"
    assert not messages("Role", **named, verbs=["create", "patch"]), "who applies asks with the name"
    tokens = {**named, "resources": ["serviceaccounts/token"]}
    assert not messages("Role", **tokens, verbs=["create"]), "an account is named in the path of its tokens"
    assert not messages("Role", **{**named, "resources": ["*"]}, verbs=["create"]), "subresources are among all"


def test_an_aggregated_role_read_from_a_cluster_is_no_finding() -> None:
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]
    found = obj("rbac.authorization.k8s.io/v1", "ClusterRole", "r", rules=rules, aggregationRule={})
    assert found_in([found], "rules-match"), "written by hand, the rules are lost"
    live = {**found, "metadata": {"name": "r", "uid": "1"}}
    assert not found_in([live], "rules-match"), "the controller has written them"
