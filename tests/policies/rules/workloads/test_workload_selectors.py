"""The pods that a workload selects."""

from __future__ import annotations

import pytest

from tests.policies.builders import REMOVE, UNKNOWN, Manifest, changed, workload
from tests.policies.judging import rules

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
