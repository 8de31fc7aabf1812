"""Policies on pods: each change of a good pod breaks exactly the rules it should, here and in the engine."""

from __future__ import annotations

import copy

import pytest

from quadrant_platform.policies.configuration.config import Config
from quadrant_platform.policies.core.policy import ResourcePolicy
from quadrant_platform.policies.pack import POLICIES, Level, check
from quadrant_platform.policies.pss.checks import CHECKS
from quadrant_platform.vocabulary import POD_TEMPLATES
from tests.policies import pod_cases as cases
from tests.policies import workload_cases
from tests.policies.builders import REMOVE, Manifest, changed, init_container, pod_spec, workload
from tests.policies.pod_cases import Case
from tests.policies.rules.secrets import credential_cases
from tests.policies.servicer import Pack

ALL = (*cases.POD_SECURITY, *workload_cases.ALL, *credential_cases.PODS, *cases.UNKNOWNS)
ADVICE = {name for name, policy in POLICIES.items() if policy.level is Level.ADVISORY}
PACK = Pack()
RUN = {"activeDeadlineSeconds": 600}
OWN: Manifest = {
    "CronJob": {"concurrencyPolicy": "Forbid", "startingDeadlineSeconds": 300, "jobTemplate": {"spec": RUN}},
    "ReplicationController": {"selector": {"app.kubernetes.io/name": "api"}},
}
"""What the kinds have beside their template that are not like a Deployment."""


def rules(*manifests: Manifest, config: Config | None = None) -> set[tuple[str, str]]:
    """The rules that the objects break by themselves; what others say of them has tests of its own."""
    found = ((one.policy, one.check) for one in check(manifests, config))
    return {rule for rule in found if isinstance(POLICIES[rule[0]], ResourcePolicy)}


def of_kind(kind: str, spec: Manifest) -> Manifest:
    """A workload of any kind around a pod."""
    manifest: Manifest = copy.deepcopy(workload(kind=kind))
    labels = manifest["spec"].pop("template")["metadata"]
    path = POD_TEMPLATES[kind]
    base = "/".join(path)
    if not path:
        owned = {"ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "api", "uid": "7d2f"}]}
        return manifest | {"spec": spec, "metadata": manifest["metadata"] | labels | owned}
    if kind in OWN:
        manifest["spec"] = copy.deepcopy(OWN[kind])
    return changed(changed(manifest, f"{base}/metadata", labels), f"{base}/spec", spec)


@pytest.mark.parametrize("case", ALL, ids=str)
def test_a_change_breaks_exactly_its_rules(case: Case) -> None:
    manifest = changed(workload(), f"spec/template/spec/{case.path}", case.value)
    assert rules(manifest) == case.rules, "the direct check finds what the case names and nothing else"


@pytest.mark.parametrize("case", ALL, ids=str)
def test_the_engine_sees_the_same_rules_broken(case: Case) -> None:
    manifest = changed(workload(), f"spec/template/spec/{case.path}", case.value)
    answer = PACK.analyze(manifest)
    assert answer.rules == case.rules, "proxies, floats and unknowns change nothing"
    stopped = {found.mandatory == (found.policy not in ADVICE) for found in answer.diagnostics}
    assert stopped <= {True}, "advice warns, and the rest stops the deployment"


@pytest.mark.parametrize("kind", POD_TEMPLATES)
def test_every_kind_of_workload_is_looked_into(kind: str) -> None:
    good = pod_spec("api", 3001) | {"initContainers": [init_container()]}
    assert rules(of_kind(kind, good)) == set(), f"a good {kind} passes"
    bad = changed(good, "initContainers/0/securityContext/privileged", True)
    assert rules(of_kind(kind, bad)) == {("no-privileged", "privileged")}, f"a bad init container of a {kind} fails"


def test_there_are_nineteen_checks_with_a_case_that_fails_each() -> None:
    failed = {check for case in cases.POD_SECURITY for _, check in case.rules}
    assert len(CHECKS) == 19, "twelve of baseline and seven of restricted"
    assert set(CHECKS) == failed, "each check is shown to fail"


def test_a_rollout_that_refers_to_a_deployment_makes_no_pods_of_its_own() -> None:
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "api"}
    metadata = {"name": "api", "namespace": "shop-backend"}
    rollout = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": metadata}
    assert rules(rollout | {"spec": {"workloadRef": reference}}) == set(), "the Deployment is judged instead"


def test_a_user_namespace_relaxes_root_and_proc_as_upstream_does() -> None:
    pod = changed(workload(), "spec/template/spec/hostUsers", False)
    pod = changed(pod, "spec/template/spec/securityContext/runAsNonRoot", False)
    pod = changed(pod, "spec/template/spec/securityContext/runAsUser", 0)
    pod = changed(pod, "spec/template/spec/containers/0/securityContext/procMount", "Unmasked")
    assert rules(pod) == {("kernel-surface", "procMount_restricted")}, "only the restricted /proc rule remains"


def test_a_windows_pod_is_spared_the_linux_only_rules() -> None:
    pod = changed(workload(), "spec/template/spec/os", {"name": "windows"})
    pod = changed(pod, "spec/template/spec/securityContext", {"runAsNonRoot": True})
    pod = changed(pod, "spec/template/spec/containers/0/securityContext", {"readOnlyRootFilesystem": True})
    assert rules(pod) == set(), "capabilities, seccomp and privilege escalation do not exist on Windows"


def test_the_apparmor_annotation_counts_too() -> None:
    annotation = {"container.apparmor.security.beta.kubernetes.io/api": "unconfined"}
    pod = changed(workload(), "spec/template/metadata/annotations", annotation)
    assert rules(pod) == {("kernel-surface", "appArmorProfile")}, "the old annotation still switches it off"


def test_the_pods_context_is_enough_for_all_containers() -> None:
    pod = changed(workload(), "spec/template/spec/containers/0/securityContext/seccompProfile", None)
    assert rules(pod) == set(), "null is absent, so the pod's profile holds"


def test_probes_are_asked_of_serving_containers_only() -> None:
    path = "spec/template/spec/containers/0/livenessProbe"
    for kind in ("Job", "CronJob"):
        spec = {**pod_spec("api", 3001)}
        spec["containers"][0].pop("livenessProbe")
        assert rules(of_kind(kind, spec)) == set(), f"a {kind} ends by itself"
    assert rules(changed(workload(component="edge"), path, None)) == {("probes", "livenessProbe")}, "all others serve"
    helper = {**init_container(), "name": "helper", "ports": []}
    both = [workload()["spec"]["template"]["spec"]["containers"][0], helper]
    assert rules(changed(workload(), "spec/template/spec/containers", both)) == set(), "a helper serves nobody"


def test_a_third_party_container_may_have_its_own_environment() -> None:
    env = [{"name": "PGDATA", "value": "/data"}]
    pod = changed(workload(component="database"), "spec/template/spec/containers/0/env", env)
    assert rules(pod) == set(), "only services follow the rule of three variables"


@pytest.mark.parametrize("volume", [
    {"secret": {"secretName": "s"}},
    {"projected": {"sources": [{"configMap": {"name": "c"}}, {"secret": {"name": "s"}}]}},
    {"csi": {"driver": "secrets-store.csi.k8s.io"}},
])  # fmt: skip
@pytest.mark.demand("SEC-03")
def test_a_writable_secret_is_refused(volume: Manifest) -> None:
    pod = changed(workload(), "spec/template/spec/volumes", [{"name": "secrets", **volume}])
    mount = {"name": "secrets", "mountPath": "/run/secrets"}
    path = "spec/template/spec/containers/0/volumeMounts"
    assert rules(changed(pod, path, [mount])) == {("secrets-read-only", "")}, "a mount is writable by default"
    assert rules(changed(pod, path, [{**mount, "readOnly": True}])) == set(), "read-only is what is asked for"


@pytest.mark.demand("SEC-03")
@pytest.mark.parametrize("container", ["containers", "initContainers"])
def test_a_secret_in_the_environment_is_refused(container: str) -> None:
    path, env = f"spec/template/spec/{container}/0/env", [credential_cases.SECRET_REF]
    pod = changed(workload(component="database"), path, env)
    assert rules(pod) == {("secrets-as-files", "env")}, "secrets are files, for every component"
    assert ("allowed-env", "") in rules(changed(workload(), path, env)), "and in a service it stops the deployment"


@pytest.mark.demand("WRK-15")
def test_a_service_has_no_other_environment_than_the_three_names() -> None:
    names = ("NODE_ENV", "CONFIG_PATH", "SECRETS_DIR", "REDIS_URL")
    path = "spec/template/spec/containers/0/env"
    good, bad = ([{"name": name, "value": "x"} for name in group] for group in (names[:3], names))
    assert rules(changed(workload(), path, good)) == set(), "the three names are allowed"
    assert rules(changed(workload(), path, bad)) == {("allowed-env", "")}, "a fourth one is not"


@pytest.mark.demand("WRK-06")
@pytest.mark.parametrize("probe", ["startupProbe", "readinessProbe", "livenessProbe"])
def test_a_service_without_one_of_the_three_probes_is_refused(probe: str) -> None:
    pod = changed(workload(), f"spec/template/spec/containers/0/{probe}", REMOVE)
    assert rules(pod) == {("probes", probe)}, "each probe answers a question of its own"


@pytest.mark.demand("WRK-10")
@pytest.mark.parametrize("resource", ["cpu", "memory"])
def test_a_container_without_a_limit_is_refused(resource: str) -> None:
    pod = changed(workload(), f"spec/template/spec/containers/0/resources/limits/{resource}", REMOVE)
    assert rules(pod) == {("requests-and-limits", f"limits.{resource}")}, "both limits are enforced"


@pytest.mark.demand("SEC-16")
@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("securityContext/runAsNonRoot", ("run-as-non-root", "runAsNonRoot")),
        ("containers/0/securityContext/capabilities", ("drop-all-capabilities", "capabilities_restricted")),
        ("containers/0/securityContext/readOnlyRootFilesystem", ("read-only-rootfs", "")),
    ],
)
def test_a_container_lacking_one_of_the_three_restrictions_is_refused(path: str, rule: tuple[str, str]) -> None:
    pod = changed(workload(), f"spec/template/spec/{path}", REMOVE)
    assert rules(pod) == {rule}, "non-root, no capabilities and a read-only root file system"
