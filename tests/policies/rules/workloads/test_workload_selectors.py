"""The pods that a workload selects."""

from __future__ import annotations

import pytest

from tests.policies.builders import REMOVE, UNKNOWN, Manifest, changed, obj, workload
from tests.policies.judging import found_in, rules

SELECTOR = "spec/selector"


@pytest.mark.parametrize(("manifest", "check"), [
    (changed(workload(), SELECTOR, {}), "selector"),
    (changed(workload(), f"{SELECTOR}/matchLabels", {"app.kubernetes.io/name": "apy"}), "labels"),
    (changed(workload(), SELECTOR, {"matchExpressions": [
        {"key": "app.kubernetes.io/name", "operator": "In", "values": ["api", "web"]}]}), ""),
    (changed(workload(), SELECTOR, {"matchExpressions": [
        {"key": "app.kubernetes.io/name", "operator": "DoesNotExist"}]}), "labels"),
    (changed(workload(), f"{SELECTOR}/matchLabels", {"app.kubernetes.io/name": UNKNOWN}), "unknown"),
    (changed(workload(kind="StatefulSet"), "spec/serviceName", REMOVE), "service-name"),
    (changed(workload(kind="ReplicationController"), SELECTOR, {"app.kubernetes.io/name": "apy"}), "labels"),
    (changed(workload(kind="ReplicationController"), SELECTOR, None), ""),
])  # fmt: skip
def test_a_workload_that_misses_its_own_pods_is_refused(manifest: Manifest, check: str) -> None:
    assert rules(manifest) == ({("workload-selectors", check)} if check else set()), "it could never count them"


def versions(one: Manifest, other: Manifest) -> list[str]:
    """Return what is found in two Deployments, by their selectors and the labels of their pods."""
    made = []
    for name, labels in (("api", one), ("api-canary", other)):
        named = changed(changed(workload(), "metadata/name", name), "spec/selector/matchLabels", labels["selector"])
        made.append(changed(named, "spec/template/metadata/labels", {**labels["selector"], **labels.get("more", {})}))
    return [found.name for found in found_in(made, "workloads-apart")]


NAMED = {"app.kubernetes.io/name": "api"}


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ({"selector": {**NAMED, "track": "stable"}}, {"selector": {**NAMED, "track": "canary"}}, []),
        ({"selector": NAMED}, {"selector": NAMED}, ["api"]),
        ({"selector": NAMED}, {"selector": {**NAMED, "track": "canary"}}, ["api"]),
        ({"selector": {**NAMED, "track": "stable"}}, {"selector": NAMED}, ["api-canary"]),
        ({"selector": {**NAMED, "track": "stable"}}, {"selector": NAMED, "more": {"track": "stable"}}, ["api"]),
    ],
    ids=str,
)
def test_workloads_select_their_own_pods_only(one: Manifest, other: Manifest, found: list[str]) -> None:
    assert versions(one, other) == found, "versions of one application differ in a label of their selectors"


def test_a_selector_in_another_namespace_takes_nothing() -> None:
    elsewhere = changed(workload(), "metadata/namespace", "shop-frontend")
    assert not found_in([workload(), elsewhere], "workloads-apart"), "controllers stay in their namespace"


def test_the_autoscaler_that_counts_the_pods_of_others_is_named() -> None:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "api"}
    scaler = obj("autoscaling/v2", "HorizontalPodAutoscaler", "api", "backend", spec={"scaleTargetRef": target})
    other = changed(workload(), "metadata/name", "batch")
    (found,) = found_in([workload(), other, scaler], "workloads-apart")
    assert "HorizontalPodAutoscaler shop-backend/api scales by them" in found.message, "this is what it breaks"


def test_the_pod_of_a_chart_test_may_carry_the_labels_of_what_it_tries() -> None:
    pod = obj("v1", "Pod", "try", "backend", spec={"containers": [{"name": "try"}]},
              metadata={"labels": NAMED, "annotations": {"helm.sh/hook": "test"}})  # fmt: skip
    assert not found_in([workload(), pod], "workloads-apart"), "as `helm create` writes it"
    bare = changed(pod, "metadata/annotations", {})
    assert found_in([workload(), bare], "workloads-apart"), "a ReplicaSet would adopt it"
