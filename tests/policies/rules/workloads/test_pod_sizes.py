"""What a pod asks as a whole; the sums are those of Kubernetes' documents on sidecars and init containers."""

from __future__ import annotations

import pytest

from quadrant_platform.policies.core import Object
from quadrant_platform.policies.core.workload_pods import pod_of
from quadrant_platform.policies.rules.workloads.pod_sizes import PodSizes
from tests.policies.builders import Manifest


def asks(name: str, cpu: str, **more: str) -> Manifest:
    return {"name": name, "resources": {"requests": {"cpu": cpu}}, **more}


SIDECAR = {"restartPolicy": "Always"}
CASES: tuple[tuple[Manifest, float], ...] = (
    ({"containers": [asks("a", "1"), asks("b", "500m")]}, 1.5),
    ({"containers": [asks("a", "1")], "initContainers": [asks("i", "3"), asks("j", "2")]}, 3),
    ({"containers": [asks("a", "2")], "initContainers": [asks("i", "1"), asks("s", "1", **SIDECAR)]}, 3),
    ({"containers": [asks("a", "1")], "initContainers": [asks("s", "1", **SIDECAR), asks("i", "4")]}, 5),
    ({"containers": [asks("a", "1")], "initContainers": [asks("i", "4"), asks("s", "1", **SIDECAR)]}, 4),
    ({"containers": [asks("a", "1")], "resources": {"requests": {"cpu": "6"}}}, 6),
    ({"containers": [asks("a", "1")], "ephemeralContainers": [asks("debug", "9")]}, 1),
)  # fmt: skip


@pytest.mark.parametrize(("spec", "cores"), CASES, ids=str)
def test_a_pod_asks_for_what_runs_together_or_for_its_largest_step(spec: Manifest, cores: float) -> None:
    pod = pod_of(Object({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": spec}))
    assert pod is not None, "it has containers"
    assert PodSizes(pod, ()).total.requests == {"cpu": cores}, "init containers end before the others begin"
