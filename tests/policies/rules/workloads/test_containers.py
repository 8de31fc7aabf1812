"""Containers: a read-only file system, and probes."""

from __future__ import annotations

import pytest

from tests.policies.builders import REMOVE, UNKNOWN, changed, init_container, of_kind, pod_spec, workload
from tests.policies.cases import INIT, MAIN, OWN, PodCase, breaks, keeps
from tests.policies.judging import engine_rules, rules

ASKED_TWICE = {"tcpSocket": {"port": 3001}}
CASES = (
    breaks(f"{OWN}/readOnlyRootFilesystem", REMOVE, "read-only-rootfs/"),
    breaks(f"{INIT}/securityContext/readOnlyRootFilesystem", False, "read-only-rootfs/"),
    breaks(f"{OWN}/readOnlyRootFilesystem", UNKNOWN, "read-only-rootfs/unknown"),
    breaks(f"{MAIN}/startupProbe", REMOVE, "probes/startupProbe"),
    breaks(f"{MAIN}/readinessProbe", REMOVE, "probes/readinessProbe"),
    breaks(f"{MAIN}/livenessProbe", REMOVE, "probes/livenessProbe"),
    breaks(f"{MAIN}/livenessProbe", UNKNOWN, "probes/unknown", "no-host-probes-or-host-process/unknown",
           "allowed-ports/unknown"),
    breaks(f"{MAIN}/livenessProbe/failureThreshold", 3, "probes/same"),
    breaks(f"{MAIN}/readinessProbe/periodSeconds", 20, "probes/same"),
    keeps(f"{MAIN}/livenessProbe", ASKED_TWICE),
    keeps(f"{MAIN}/livenessProbe", {"httpGet": {"path": "/live", "port": 3001}}),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_change_breaks_exactly_its_rules(case: PodCase) -> None:
    assert rules(case.manifest) == case.rules, "the direct check finds what the case names and nothing else"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_engine_sees_the_same_rules_broken(case: PodCase) -> None:
    assert engine_rules(case.manifest) == case.rules, "proxies, floats and unknowns change nothing"


def test_serving_containers_alone_need_probes() -> None:
    path = "spec/template/spec/containers/0/livenessProbe"
    for kind in ("Job", "CronJob"):
        spec = {**pod_spec("api", 3001)}
        spec["containers"][0].pop("livenessProbe")
        assert rules(of_kind(kind, spec)) == set(), f"a {kind} ends by itself"
    assert rules(changed(workload(component="edge"), path, None)) == {("probes", "livenessProbe")}, "all others serve"
    helper = {**init_container(), "name": "helper", "ports": []}
    both = [workload()["spec"]["template"]["spec"]["containers"][0], helper]
    assert rules(changed(workload(), "spec/template/spec/containers", both)) == set(), "a helper does not serve"


@pytest.mark.demand("WRK-06")
@pytest.mark.parametrize("probe", ["startupProbe", "readinessProbe", "livenessProbe"])
def test_a_service_without_one_of_the_three_probes_is_refused(probe: str) -> None:
    pod = changed(workload(), f"spec/template/spec/containers/0/{probe}", REMOVE)
    assert rules(pod) == {("probes", probe)}, "each probe answers a question of its own"


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
