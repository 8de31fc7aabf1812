"""Aggregated roles are judged for what they get."""

from __future__ import annotations

from typing import Any

import pytest

from tests.policies.builders import Manifest, obj
from tests.policies.judging import found_in

LABEL = {"shop.example.com/aggregate": "true"}
READS_SECRETS = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}
WRITES = {"apiGroups": ["traefik.io"], "resources": ["ingressroutes"], "verbs": ["update"]}


def cluster_role(name: str, labels: dict[str, str] | None = None, **fields: Any) -> Manifest:
    found = obj("rbac.authorization.k8s.io/v1", "ClusterRole", name, **fields)
    return {**found, "metadata": {"name": name, "labels": labels or {}}}


def aggregate(name: str, *selectors: Manifest) -> Manifest:
    return cluster_role(name, aggregationRule={"clusterRoleSelectors": list(selectors)}, rules=[])


def checks(*stack: Manifest) -> set[tuple[str, str]]:
    return {(one.name, one.check) for one in found_in([*stack], "aggregated-roles")}


@pytest.mark.parametrize(
    ("selector", "built_in"),
    [
        ({}, "cluster-admin, edit, system:aggregate-to-edit"),
        ({"matchLabels": {"kubernetes.io/bootstrapping": "rbac-defaults"}}, "cluster-admin"),
        ({"matchLabels": {"rbac.authorization.k8s.io/aggregate-to-admin": "true"}}, "edit"),
        ({"matchLabels": {"rbac.authorization.k8s.io/aggregate-to-edit": "true"}}, "system:aggregate-to-edit"),
        ({"matchExpressions": [{"key": "team", "operator": "DoesNotExist"}]}, "cluster-admin"),
    ],
)
def test_a_selector_that_takes_built_in_roles_is_found(selector: Manifest, built_in: str) -> None:
    [found] = found_in([aggregate("monitoring", selector)], "aggregated-roles")
    assert f"selects the built-in {built_in}" in found.message, "the message names what is inherited"


@pytest.mark.parametrize(
    "selector",
    [{"matchLabels": LABEL}, {"matchLabels": {"rbac.authorization.k8s.io/aggregate-to-view": "true"}}],
)
def test_a_selector_of_ones_own_label_or_of_what_reads_is_no_finding(selector: Manifest) -> None:
    source = cluster_role("nodes", LABEL, rules=[WRITES])
    assert not checks(aggregate("monitoring", selector), source), "the view role has no right to others"


def test_the_clusters_own_aggregated_roles_are_no_finding() -> None:
    own = {"matchLabels": {"rbac.authorization.k8s.io/aggregate-to-admin": "true"}}
    assert not checks(aggregate("admin", own)), "a cluster's own export has them"


def test_a_right_that_only_the_source_may_have_is_found_at_who_gets_it() -> None:
    source = cluster_role("traefik", LABEL, rules=[READS_SECRETS])
    stack = [aggregate("monitoring", {"matchLabels": LABEL}), source]
    assert checks(*stack) == {("monitoring", "secrets")}, "Traefik may read Secrets, and monitoring may not"
    assert not found_in(stack, "no-escalation-verbs"), "the source itself is expected to"
    other = {**source, "metadata": {**source["metadata"], "labels": {}}}
    assert not checks(stack[0], other), "without the label nothing is aggregated"


def test_a_right_that_the_source_may_not_have_is_found_there_once() -> None:
    source = cluster_role("reader", LABEL, rules=[READS_SECRETS])
    stack = [aggregate("monitoring", {"matchLabels": LABEL}), source]
    assert not checks(*stack), "one cause is one finding"
    [found] = found_in(stack, "no-escalation-verbs")
    assert found.name == "reader", "at the role that states it"


def test_traefiks_roles_only_read_by_aggregation_too() -> None:
    stack = [aggregate("traefik", {"matchLabels": LABEL}), cluster_role("routes", LABEL, rules=[WRITES])]
    assert checks(*stack) == {("traefik", "verbs")}, "what it gets is what it may"
