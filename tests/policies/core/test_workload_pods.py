"""The pods that workloads make."""

from __future__ import annotations

import pytest

from quadrant_platform.policies.core import Object
from quadrant_platform.policies.core.workload_pods import is_ours, pod_of
from quadrant_platform.vocabulary import POD_TEMPLATES
from tests.policies.builders import changed, init_container, labels, of_kind, pod_spec, workload
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


@pytest.mark.parametrize(("place", "ours"), [
    ("metadata/labels/quadrant.dev~1tier", True),
    ("metadata/annotations/quadrant.dev~1why", True),
    ("spec/template/metadata/labels/quadrant.dev~1tier", True),
    ("metadata/labels/tier", False),
])  # fmt: skip
def test_conventions_of_ours_are_asked_of_files_that_show_them(place: str, ours: bool) -> None:
    foreign = changed(workload(), "metadata/labels", {"app": "api"})
    keys = place.split("/")
    path, key = "/".join(keys[:-1]), keys[-1].replace("~1", "/")
    there = changed(foreign, path, {**({"app": "api"} if path == "metadata/labels" else labels("api")), key: "2"})
    assert is_ours(Object(there, "a.yaml", 1)) is ours, "others have other conventions"
    assert bool(rules(Object(there, "a.yaml", 1))) is ours, "so part-of is no label that they must have"
    assert is_ours(Object(foreign)), "what a program registers under the pack is ours"


def test_a_claim_from_a_template_replaces_the_volume_of_its_name() -> None:
    listed = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}, {"name": "logs", "emptyDir": {}}]
    made = [{"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"]}}]
    stateful = changed(changed(workload(kind="StatefulSet"), "spec/volumeClaimTemplates", made),
                       "spec/template/spec/volumes", listed)  # fmt: skip
    pod = pod_of(Object(stateful))
    assert pod is not None, "a StatefulSet makes pods"
    assert [one.at("name").text() for one in pod.volumes] == ["logs"], "as its controller builds them"
