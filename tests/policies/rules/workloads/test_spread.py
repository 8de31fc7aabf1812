"""Whose pods the rules count that keep copies apart."""

from __future__ import annotations

from typing import Any

import pytest

from quadrant_platform.policies.pack import check
from tests.policies.builders import REMOVE, Manifest, changed, namespace, spread, workload

ADVICE = "replicas-and-spread"
OWN = {"app.kubernetes.io/name": "api"}
WHOLE = {"app.kubernetes.io/part-of": "shop"}
POD = "spec/template/spec"
CONSTRAINTS = f"{POD}/topologySpreadConstraints"


def copies(*constraints: Manifest, number: int = 2, name: str = "api") -> Manifest:
    made = changed(workload(name), "spec/replicas", number)
    return changed(made, CONSTRAINTS, list(constraints)) if constraints else made


def apart(**term: Any) -> Manifest:
    """Return two copies with one term of anti-affinity and no constraint."""
    terms = [{"topologyKey": "kubernetes.io/hostname", **term}]
    own = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}
    return changed(changed(copies(), CONSTRAINTS, REMOVE), f"{POD}/affinity", own)


def found(*manifests: Manifest) -> list[str]:
    return [one.check for one in check(manifests) if one.policy == ADVICE]


@pytest.mark.parametrize(
    ("made", "checks"),
    [
        (copies(spread(OWN)), []),
        (copies({**spread(OWN), "labelSelector": None}), ["spread"]),
        (copies(spread({"app": "api"})), ["spread"]),
        (copies(spread({**OWN, "pod-template-hash": "x"})), []),
        (copies(spread(OWN), spread({"app": "api"})), ["spread-selector"]),
        (copies(spread({"app": "api"}), number=0), ["spread-selector"]),
        (apart(labelSelector={"matchLabels": OWN}), []),
        (apart(labelSelector={"matchLabels": {"app.kubernetes.io/name": "web"}}), ["spread"]),
        (apart(labelSelector={"matchLabels": OWN}, namespaces=["elsewhere"]), ["spread"]),
        (apart(labelSelector={"matchLabels": OWN}, namespaces=["shop-backend"]), []),
        (apart(labelSelector={"matchLabels": OWN}, namespaceSelector={}), []),
        (apart(labelSelector={"matchLabels": WHOLE}, mismatchLabelKeys=["app.kubernetes.io/name"]), ["spread"]),
        (apart(), ["spread"]),
    ],
    ids=str,
)  # fmt: skip
def test_a_rule_counts_where_it_matches_the_pods_own_labels(made: Manifest, checks: list[str]) -> None:
    assert found(made) == checks, "without a selector, or with that of others, the copies may share a node"


def test_a_constraint_says_whose_pods_it_counts() -> None:
    stack = [copies(spread({"app.kubernetes.io/name": "web"})), copies(name="web")]
    (one,) = (one for one in check(stack) if one.policy == ADVICE)
    assert one.message.endswith("counts the pods of Deployment shop-backend/web"), "the reader sees the mistake"


def test_keeping_away_from_others_is_a_rule_of_its_own() -> None:
    away = apart(labelSelector={"matchLabels": {"app.kubernetes.io/name": "web"}})
    both = changed(away, CONSTRAINTS, [spread(OWN)])
    assert found(both, copies(name="web")) == [], "its own copies are spread, and it keeps away from web"
    assert found(both, namespace("backend")) == ["spread-selector"], "in the whole namespace nobody is web"
    assert found(both) == [], "in a part of it, web may be elsewhere"


def test_a_constraint_for_several_applications_is_reported() -> None:
    wide = copies(spread(WHOLE))
    assert found(wide, copies(name="web")) == ["spread-selector"], "few of web's pods on a node hide two of its own"
    by_revision = {**spread(WHOLE), "matchLabelKeys": ["pod-template-hash"]}
    assert found(copies(by_revision), copies(name="web")) == [], "the hash differs between workloads"
    by_name = {**spread(WHOLE), "matchLabelKeys": ["app.kubernetes.io/name"]}
    assert found(copies(by_name), copies(name="web")) == [], "so does the name"


def test_a_constraint_for_the_versions_of_one_application_is_enough() -> None:
    canary = changed(copies(), "metadata/name", "api-canary")
    assert found(copies(), canary) == [], "as canaries are documented"
