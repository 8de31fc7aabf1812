"""The use of Secrets: as read-only files, by declared consumers only."""

from __future__ import annotations

import pytest

from quadrant_platform.policies.pack import check
from tests.policies import builders, shop
from tests.policies.builders import Manifest, changed, replaced, without, workload
from tests.policies.cases import INIT, MAIN, SECRET_REF, PodCase, breaks, keeps
from tests.policies.judging import PACK, broken, engine_rules, rules
from tests.policies.shop import both_ways

FIELD_REF = {"name": "NODE_ENV", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}
CASES = (
    breaks(f"{MAIN}/env", [SECRET_REF], "secrets-as-files/env", "allowed-env/"),
    breaks(f"{INIT}/env", [SECRET_REF], "secrets-as-files/env", "allowed-env/"),
    breaks(f"{MAIN}/envFrom", [{"secretRef": {"name": "s"}}], "secrets-as-files/envFrom", "allowed-env/"),
    breaks(f"{MAIN}/env", [{"name": "LOG_LEVEL", "value": "INFO"}], "allowed-env/"),
    breaks(f"{INIT}/env", [{"name": "DB_HOST", "value": "db"}], "allowed-env/"),
    breaks(f"{MAIN}/envFrom", [{"configMapRef": {"name": "c"}}], "allowed-env/"),
    keeps(f"{MAIN}/env", [FIELD_REF]),
    keeps(f"{MAIN}/env", [{"name": name, "value": "x"} for name in ("NODE_ENV", "CONFIG_PATH", "SECRETS_DIR")]),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_change_breaks_exactly_its_rules(case: PodCase) -> None:
    assert rules(case.manifest) == case.rules, "the direct check finds what the case names and nothing else"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_engine_sees_the_same_rules_broken(case: PodCase) -> None:
    assert engine_rules(case.manifest) == case.rules, "proxies, floats and unknowns change nothing"


def test_a_third_party_container_may_have_its_own_environment() -> None:
    env = [{"name": "PGDATA", "value": "/data"}]
    pod = changed(workload(component="database"), "spec/template/spec/containers/0/env", env)
    assert rules(pod) == set(), "only services follow the rule of three variables"


MOUNT = {"name": "secrets", "mountPath": "/run/secrets"}


def mounted(volume: Manifest, **mount: object) -> Manifest:
    """Return a workload that mounts a volume."""
    pod = changed(workload(), "spec/template/spec/volumes", [{"name": "secrets", **volume}])
    return changed(pod, "spec/template/spec/containers/0/volumeMounts", [{**MOUNT, **mount}])


@pytest.mark.demand("SEC-03")
def test_a_writable_secret_is_refused() -> None:
    csi = {"driver": "secrets-store.csi.k8s.io"}
    assert rules(mounted({"csi": csi})) == {("secrets-read-only", "")}, "a driver mounts as it is told"
    assert rules(mounted({"csi": csi}, readOnly=True)) == set(), "read-only is what is asked for"
    assert rules(mounted({"csi": {**csi, "readOnly": True}})) == set(), "by the mount or by the volume"


@pytest.mark.parametrize("volume", [
    {"secret": {"secretName": "s"}},
    {"projected": {"sources": [{"configMap": {"name": "c"}}, {"secret": {"name": "s"}}]}},
])  # fmt: skip
def test_a_secret_that_the_kubelet_mounts_is_read_only(volume: Manifest) -> None:
    assert rules(mounted(volume)) == set(), "whatever the mount says, since Kubernetes 1.10"
    assert rules(mounted(volume, readOnly=False)) == set(), "the field has no effect on it"


@pytest.mark.demand("SEC-03")
@pytest.mark.parametrize("container", ["containers", "initContainers"])
def test_a_secret_in_the_environment_is_refused(container: str) -> None:
    path, env = f"spec/template/spec/{container}/0/env", [SECRET_REF]
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


@pytest.mark.demand("SEC-04")
def test_a_secret_is_used_only_by_its_declared_consumers() -> None:
    path = "metadata/annotations"
    generated = {"quadrant.dev/generated-keys": "password"}
    for consumers in ({}, {"quadrant.dev/consumers": "migrate, db"}):
        stack = replaced(shop.stack(), "Secret", "api-secrets", path, generated | consumers)
        assert broken(stack) == {("secret-consumers", "")}, "the API is not among them"
    assert broken(shop.stack()) == set(), "the API is named, among others"


def test_an_external_secret_declares_the_consumers_of_its_target() -> None:
    external = builders.obj(
        "external-secrets.io/v1", "ExternalSecret", "api-from-vault", "backend",
        metadata={"annotations": {"quadrant.dev/consumers": "db"}}, spec={"target": {"name": "api-secrets"}},
    )  # fmt: skip
    stack = [*without(shop.stack(), "Secret", "api-secrets"), external]
    assert broken(stack) == {("secret-consumers", "")}, "the Secret that it makes is the one that is mounted"


def test_values_of_secrets_never_reach_a_message() -> None:
    secret = builders.obj("v1", "Secret", "api-secrets", "backend", stringData=5, data={"a": "c2VjcmV0LXZhbHVl"})
    stack = [*without(shop.stack(), "Secret", "api-secrets"), secret]
    texts = [found.message for found in check(stack)] + [one.text for one in both_ways(PACK, stack).diagnostics]
    assert texts, "the Secret declares no consumers"
    assert not any("c2VjcmV0LXZhbHVl" in text for text in texts), "and no policy reads its values"
