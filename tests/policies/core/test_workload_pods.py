"""The pods that workloads make."""

from __future__ import annotations

import pytest

from quadrant_platform.vocabulary import POD_TEMPLATES
from tests.policies.builders import changed, init_container, of_kind, pod_spec
from tests.policies.judging import rules


@pytest.mark.parametrize("kind", POD_TEMPLATES)
def test_every_kind_of_workload_is_looked_into(kind: str) -> None:
    good = pod_spec("api", 3001) | {"initContainers": [init_container()]}
    assert rules(of_kind(kind, good)) == set(), f"a good {kind} passes"
    bad = changed(good, "initContainers/0/securityContext/privileged", True)
    assert rules(of_kind(kind, bad)) == {("no-privileged", "privileged")}, f"a bad init container of a {kind} fails"


def test_a_rollout_that_refers_to_a_deployment_makes_no_pods_of_its_own() -> None:
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "api"}
    metadata = {"name": "api", "namespace": "shop-backend"}
    rollout = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": metadata}
    assert rules(rollout | {"spec": {"workloadRef": reference}}) == set(), "the Deployment is judged instead"
