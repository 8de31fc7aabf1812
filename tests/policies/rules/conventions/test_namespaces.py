"""Namespaces: their labels, their segment, and their share of the cluster."""

from __future__ import annotations

import pytest

from tests.policies import builders
from tests.policies.builders import changed, labels, namespace, service, workload
from tests.policies.cases import ObjectCase
from tests.policies.consistent import Change, tidy
from tests.policies.judging import consistency, engine_rules, rules

LABELS = labels("api")
ENFORCED = {
    f"pod-security.kubernetes.io/{key}": value
    for key, value in (("enforce", "restricted"), ("enforce-version", "v1.36"))
}

SEGMENTS = (
    ObjectCase(namespace("frontend")),
    ObjectCase(
        changed(namespace("frontend"), "metadata/labels", {"quadrant.dev/segment": "frontend"}),
        ("namespace-labels/enforce", "namespace-labels/enforce-version"),
    ),
    ObjectCase(changed(namespace("frontend"), "metadata/name", "default"), ("namespace-labels/name",)),
    ObjectCase(
        changed(namespace("frontend"), "metadata/labels", {"team": "shop"}),
        ("namespace-labels/enforce", "namespace-labels/enforce-version"),
    ),
    ObjectCase(
        changed(namespace("frontend"), "metadata/labels", {**ENFORCED, "quadrant.dev/system": "shop"}),
        ("namespace-labels/segment",),
    ),
    ObjectCase(changed(namespace("frontend"), "metadata/labels", ENFORCED)),
    ObjectCase(changed(service(), "metadata/namespace", "default"), ("namespace-labels/name",)),
    ObjectCase(changed(workload(), "metadata/namespace", "kube-system"), ("namespace-labels/name",)),
    ObjectCase(changed(workload(), "metadata/namespace", "kubernetes-dashboard")),
)

EGRESS = (
    ObjectCase(namespace("egress"), ("namespace-labels/segment", "no-egress-segment/")),
    ObjectCase(
        changed(workload(), "spec/template/metadata/labels", {**LABELS, "quadrant.dev/segment": "egress"}),
        ("no-egress-segment/",),
    ),
    ObjectCase(
        changed(workload(), "spec/template/metadata/labels", {**LABELS, "quadrant.dev/attached-egress": "true"}),
        ("no-egress-segment/",),
    ),
    ObjectCase(
        changed(workload(), "spec/template/metadata/labels", {**LABELS, "quadrant.dev/attached-backend": "true"})
    ),
)

OBJECTS = (*SEGMENTS, *EGRESS)
CHANGES = (
    Change("namespace-quota/quota", "no quota", "ResourceQuota", name="quota"),
    Change("namespace-quota/limit-range", "no range of limits", "LimitRange", name="limits"),
    Change("namespace-quota/bound", "a quota without memory", "ResourceQuota", "spec/hard/memory", name="quota"),
)  # fmt: skip


@pytest.mark.parametrize("case", OBJECTS, ids=str)
def test_an_object_breaks_exactly_its_rules(case: ObjectCase) -> None:
    assert rules(case.manifest) == case.rules, "the direct check finds what the case names and nothing else"
    assert engine_rules(case.manifest) == case.rules, "the engine sees the same"


@pytest.mark.parametrize("case", CHANGES, ids=str)
def test_a_change_of_a_consistent_set_breaks_exactly_its_rule(case: Change) -> None:
    assert consistency(case.applied(tidy())) == case.expected, case.about


@pytest.mark.demand("NET-04")
@pytest.mark.parametrize("case", [case for case in EGRESS if case.rules])
def test_no_workload_is_attached_to_a_segment_called_egress(case: ObjectCase) -> None:
    assert ("no-egress-segment", "") in rules(case.manifest), "external calls leave through Traefik"


def test_the_cluster_s_own_namespaces_need_no_quota() -> None:
    system = changed(builders.namespace("x"), "metadata", {"name": "kube-system"})
    assert consistency([system]) == set(), "the cluster manages them"
