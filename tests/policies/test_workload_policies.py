"""Policies on workloads of one kind, with an owner, or under a switch of the platform."""

from __future__ import annotations

from typing import Any

import pytest

from quadrant_platform.policies.configuration.config import Config
from quadrant_platform.policies.configuration.pod_switches import Ceiling
from tests.policies.builders import REMOVE, UNKNOWN, Manifest, changed, obj, workload
from tests.policies.servicer import Pack
from tests.policies.test_pod_policies import rules

POD = "spec/template/spec"
CLAIM = {"name": "data", "persistentVolumeClaim": {"claimName": "data"}}


def deployment(**strategy: Any) -> Manifest:
    return changed(changed(workload(), "spec/strategy", strategy), "spec/replicas", 3)


@pytest.mark.parametrize(("manifest", "check"), [
    (deployment(type="Recreate"), "strategy"),
    (changed(deployment(type="Recreate"), f"{POD}/volumes/0", CLAIM), ""),
    (deployment(rollingUpdate={"maxUnavailable": "100%"}), "strategy"),
    (deployment(rollingUpdate={"maxUnavailable": 3}), "strategy"),
    (deployment(rollingUpdate={"maxUnavailable": 2}), ""),
    (deployment(rollingUpdate={"maxUnavailable": UNKNOWN}), "unknown"),
    (deployment(canary={"maxUnavailable": "100%"}), "strategy"),
    (changed(workload(kind="DaemonSet"), "spec/updateStrategy", {"type": "OnDelete"}), "strategy"),
    (changed(workload(kind="Job"), "spec/activeDeadlineSeconds", REMOVE), "deadline"),
    (changed(changed(workload(kind="Job"), "spec/activeDeadlineSeconds", None), f"{POD}/activeDeadlineSeconds", 9), ""),
    (changed(workload(kind="Job"), "spec/ttlSecondsAfterFinished", REMOVE), "ttl"),
])  # fmt: skip
def test_an_update_or_a_job_that_ends_badly_is_reported(manifest: Manifest, check: str) -> None:
    assert rules(manifest) == ({("rollout-safety", check)} if check else set()), "advice on how pods come and go"


@pytest.mark.parametrize("keeper", [
    {"labels": {**workload()["metadata"]["labels"], "app.kubernetes.io/managed-by": "Helm"}},
    {"annotations": {"helm.sh/hook": "pre-install"}},
    {"ownerReferences": [{"kind": "CronJob", "name": "api"}]},
])  # fmt: skip
def test_a_job_that_somebody_keeps_may_stay_when_it_has_finished(keeper: Manifest) -> None:
    job = changed(workload(kind="Job"), "spec/ttlSecondsAfterFinished", REMOVE)
    kept = changed(job, "metadata", {**job["metadata"], **keeper})
    assert rules(kept) == set(), "once it is gone, whoever declares it would run it again"


@pytest.mark.parametrize(("metadata", "found"), [
    ({}, {("no-bare-pods", "")}),
    ({"ownerReferences": [{"kind": "ReplicaSet", "name": "api"}]}, set()),
    ({"annotations": {"helm.sh/hook": "test"}}, set()),
    ({"annotations": {"kubernetes.io/config.mirror": "x"}}, set()),
])  # fmt: skip
def test_a_pod_without_a_controller_is_refused(metadata: Manifest, found: set[tuple[str, str]]) -> None:
    template = workload()["spec"]["template"]
    named = workload()["metadata"]
    pod = {"apiVersion": "v1", "kind": "Pod", "spec": template["spec"], "metadata": {**named, **metadata}}
    assert rules(pod) == found, "unless a controller, Helm or the kubelet looks after it"


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


@pytest.mark.parametrize(("image", "broken"), [
    ("ghcr.io/cloudnative-pg/postgresql:17.6", set()),
    ("ghcr.io/cloudnative-pg/postgresql", {"pinned-by-tag-and-digest"}),
    ("images.unknown.test/postgresql:17.6", {"registry-allow-list"}),
    (None, set()),
])  # fmt: skip
def test_the_image_of_an_operators_pods_is_judged_too(image: str | None, broken: set[str]) -> None:
    cluster = obj("postgresql.cnpg.io/v1", "Cluster", "db", spec={"instances": 3, "imageName": image})
    assert {policy for policy, _ in rules(cluster)} == broken, "the operator makes pods of it"


def test_a_digest_is_asked_for_only_where_the_stack_wants_it() -> None:
    config = Config(require_digest=True)
    good = f"app:1.2@sha256:{64 * '0'}"
    job = changed(workload(), "spec/template/spec/initContainers", [])
    path = "spec/template/spec/containers/0/image"
    assert rules(job, config=config) == {("pinned-by-tag-and-digest", "digest")}, "a tag alone is not enough"
    assert rules(changed(job, path, good), config=config) == set(), "tag and digest are"
    pack = Pack()
    pack.configure("pinned-by-tag-and-digest", requireDigest=True)
    assert pack.analyze(job).rules == {("pinned-by-tag-and-digest", "digest")}, "the engine passes the setting on"


@pytest.mark.parametrize(("image", "slow"), [
    ("eclipse-temurin:21.0.4", True),
    ("quay.io/keycloak/keycloak:26.0", True),
    ("mysql:8.4.2", True),
    ("quay.io/prometheuscommunity/postgres-exporter:v0.17.1", False),
    ("registry.example.com/shop/app:1.4.0", False),
])  # fmt: skip
def test_a_slow_starter_needs_a_startup_probe_whatever_it_is_called(image: str, slow: bool) -> None:
    pod = changed(workload(component="other"), "spec/template/spec/containers/0/image", image)
    found = rules(changed(pod, "spec/template/spec/containers/0/startupProbe", REMOVE))
    assert found == ({("probes", "startupProbe")} if slow else set()), "those on the JVM, and databases"


CPU_FREE = changed(changed(workload(), f"{POD}/containers/0/resources/limits/cpu", REMOVE), f"{POD}/initContainers", [])
CPU_LIMIT = ("requests-and-limits", "limits.cpu")
CALLER = changed(workload("operator"), f"{POD}/automountServiceAccountToken", True)
POSTGRES = changed(workload(), f"{POD}/containers/0/image", "postgres:17.6")
BARE = changed(workload(), f"{POD}/containers/0/resources", {"requests": {"ephemeral-storage": "1Gi"},
                                                              "limits": {"ephemeral-storage": "1Gi"}})  # fmt: skip


@pytest.mark.parametrize(("manifest", "config", "found"), [
    (CPU_FREE, Config(), {CPU_LIMIT}),
    (CPU_FREE, Config(cpu_limits="optional"), set()),
    (CPU_FREE, Config(cpu_limits="forbidden"), set()),
    (workload(), Config(cpu_limits="forbidden"), {CPU_LIMIT}),
    (BARE, Config(limit_range_namespaces=frozenset({"shop-backend"})), set()),
    (CALLER, Config(), {("service-account", "token")}),
    (CALLER, Config(token_accounts=frozenset({"operator"})), set()),
    (CALLER, Config(token_accounts=frozenset({"shop-backend/operator"})), set()),
    (CALLER, Config(token_accounts=frozenset({"shop-frontend/operator"})), {("service-account", "token")}),
    (changed(workload(), f"{POD}/securityContext/runAsUser", 999), Config(lowest_id=0), set()),
    (changed(POSTGRES, f"{POD}/securityContext/runAsUser", 999), Config(), set()),
    (workload(), Config(ceilings={"other": Ceiling(cpu="500m")}), {("tier-ceilings", "max")}),
    (workload(), Config(ceilings={"1": Ceiling(cpu="500m")}), set()),
    (workload(), Config(ceilings={"other": Ceiling(ratio=4)}), {("tier-ceilings", "ratio")}),
    (workload(), Config(registries=frozenset({"registry.example.com/shop"})), set()),
    (workload(), Config(registries=frozenset({"registry.example.com:5000/shop/app"})), set()),
    (workload(), Config(registries=frozenset({"registry.example.com/other"})), {("registry-allow-list", "")}),
    (workload(), Config(registries=frozenset({"registry.example.com:5001"})), {("registry-allow-list", "")}),
])  # fmt: skip
def test_a_platform_decides_what_may_be_disputed(
    manifest: Manifest, config: Config, found: set[tuple[str, str]]
) -> None:
    assert rules(manifest, config=config) == found, "a switch, with a default that is written down"


def test_a_tier_has_a_ceiling_of_its_own() -> None:
    small = workload()
    small["spec"]["template"]["metadata"]["labels"]["quadrant.dev/tier"] = "3"
    config = Config(ceilings={"3": Ceiling(memory="100Mi"), "other": Ceiling()})
    assert rules(small, config=config) == {("tier-ceilings", "max")}, "its label says which"
    pack = Pack()
    pack.configure("tier-ceilings", ceilings={"3": {"memory": "100Mi"}})
    assert pack.analyze(small).rules == {("tier-ceilings", "max")}, "the engine passes it on"


def test_bounds_of_the_whole_pod_count_for_its_containers() -> None:
    bounds = {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "1", "memory": "1Gi"}}
    assert rules(changed(BARE, f"{POD}/resources", bounds)) == set(), "they share what the pod has"
