"""The Pod Security Standard `restricted`, check by check."""

from __future__ import annotations

from typing import Any

import pytest

from quadrant_platform.policies.configuration.pod_security_version import Profile
from quadrant_platform.policies.core.access import WELL_FORMED
from quadrant_platform.policies.pack import check
from quadrant_platform.policies.pss.checks import CHECKS
from quadrant_platform.policies.pss.pod_security import check_profile
from tests.policies.builders import REMOVE, UNKNOWN, changed, workload
from tests.policies.cases import INIT, MAIN, OWN, POD, PodCase, breaks, ephemeral, keeps
from tests.policies.judging import engine_rules, rules

HOST_PROBE = {"httpGet": {"port": 3001, "host": "169.254.169.254"}}
CHECK_CASES = (
    breaks(f"{OWN}/privileged", True, "no-privileged/privileged"),
    breaks(f"{INIT}/securityContext/privileged", True, "no-privileged/privileged"),
    breaks("ephemeralContainers", ephemeral(privileged=True), "no-privileged/privileged"),
    keeps("ephemeralContainers", ephemeral()),
    keeps(f"{OWN}/privileged", False),
    breaks("hostNetwork", True, "no-host-namespaces/hostNamespaces"),
    breaks("hostPID", True, "no-host-namespaces/hostNamespaces"),
    breaks("hostIPC", True, "no-host-namespaces/hostNamespaces"),
    keeps("hostIPC", False),
    breaks("volumes/0", {"name": "v", "hostPath": {"path": "/"}}, "volume-types/restrictedVolumes"),
    breaks("volumes/0", {"name": "v", "nfs": {"server": "a", "path": "/"}}, "volume-types/restrictedVolumes"),
    keeps("volumes/0", {"name": "v", "hostPath": None, "image": {"reference": "registry.example.com/data:1.2"}}),
    keeps("volumes/0", {"name": "v", "csi": {"driver": "disk.example.com"}}),
    breaks(f"{MAIN}/ports/0/hostPort", 3001, "no-host-ports/hostPorts"),
    keeps(f"{MAIN}/ports/0/hostPort", 0),
    breaks(f"{MAIN}/livenessProbe", HOST_PROBE, "no-host-probes-or-host-process/hostProbesAndHostLifecycle"),
    breaks(f"{MAIN}/lifecycle", {"preStop": HOST_PROBE}, "no-host-probes-or-host-process/hostProbesAndHostLifecycle"),
    keeps(f"{MAIN}/lifecycle", {"preStop": {"exec": {"command": ["sleep", "5"]}}}),
    breaks(f"{POD}/windowsOptions", {"hostProcess": True}, "no-host-probes-or-host-process/windowsHostProcess"),
    breaks(f"{OWN}/windowsOptions", {"hostProcess": True}, "no-host-probes-or-host-process/windowsHostProcess"),
    breaks(f"{OWN}/capabilities", REMOVE, "drop-all-capabilities/capabilities_restricted"),
    breaks(f"{INIT}/securityContext/capabilities/drop", ["all"], "drop-all-capabilities/capabilities_restricted"),
    breaks(f"{OWN}/capabilities/add", ["CHOWN"], "drop-all-capabilities/capabilities_restricted"),
    breaks(f"{OWN}/capabilities/add", ["SYS_ADMIN"], "drop-all-capabilities/capabilities_restricted"),
    keeps(f"{OWN}/capabilities/add", ["NET_BIND_SERVICE"]),
    breaks(f"{OWN}/allowPrivilegeEscalation", REMOVE, "no-privilege-escalation/allowPrivilegeEscalation"),
    breaks(f"{INIT}/securityContext/allowPrivilegeEscalation", True,
           "no-privilege-escalation/allowPrivilegeEscalation"),
    breaks(f"{POD}/runAsNonRoot", REMOVE, "run-as-non-root/runAsNonRoot"),
    breaks(f"{OWN}/runAsNonRoot", False, "run-as-non-root/runAsNonRoot"),
    keeps(f"{OWN}/runAsNonRoot", True),
    breaks(f"{POD}/runAsUser", 0, "run-as-non-root/runAsUser", "high-uid-gid/runAsUser"),
    breaks(f"{INIT}/securityContext/runAsUser", 0, "run-as-non-root/runAsUser", "high-uid-gid/runAsUser"),
    breaks(f"{POD}/seccompProfile", REMOVE, "seccomp/seccompProfile_restricted"),
    breaks(f"{OWN}/seccompProfile", {"type": "Unconfined"}, "seccomp/seccompProfile_restricted"),
    keeps(f"{OWN}/seccompProfile", {"type": "Localhost", "localhostProfile": "strict.json"}),
    breaks(f"{POD}/appArmorProfile", {"type": "Unconfined"}, "kernel-surface/appArmorProfile"),
    keeps(f"{POD}/appArmorProfile", {"type": "RuntimeDefault"}),
    breaks(f"{OWN}/seLinuxOptions", {"type": "spc_t"}, "kernel-surface/seLinuxOptions"),
    breaks(f"{POD}/seLinuxOptions", {"user": "root"}, "kernel-surface/seLinuxOptions"),
    keeps(f"{OWN}/seLinuxOptions", {"type": "container_engine_t", "level": "s0:c1"}),
    breaks(f"{OWN}/procMount", "Unmasked", "kernel-surface/procMount_restricted"),
    keeps(f"{OWN}/procMount", "Default"),
    breaks(f"{POD}/sysctls", [{"name": "kernel.msgmax", "value": "1"}], "kernel-surface/sysctls"),
    keeps(f"{POD}/sysctls", [{"name": "net.ipv4.tcp_notsent_lowat", "value": "1"}]),
)  # fmt: skip

UNKNOWNS = (
    breaks("hostNetwork", UNKNOWN, "no-host-namespaces/unknown"),
    breaks(f"{MAIN}/securityContext/privileged", UNKNOWN, "no-privileged/unknown"),
    keeps("nodeName", UNKNOWN),
)

CASES = (*CHECK_CASES, *UNKNOWNS)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_change_breaks_exactly_its_rules(case: PodCase) -> None:
    assert rules(case.manifest) == case.rules, "the direct check finds what the case names and nothing else"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_engine_sees_the_same_rules_broken(case: PodCase) -> None:
    assert engine_rules(case.manifest) == case.rules, "proxies, floats and unknowns change nothing"


def test_there_are_nineteen_checks_with_a_case_that_fails_each() -> None:
    failed = {check for case in CHECK_CASES for _, check in case.rules}
    found = (one for case in CHECK_CASES for one in check_profile([case.manifest], Profile.BASELINE))
    failed |= {one.check for one in found if one.policy != WELL_FORMED}
    assert len(CHECKS) == 19, "twelve of baseline and seven of restricted"
    assert set(CHECKS) == failed, "each check is shown to fail"


@pytest.mark.parametrize(("path", "value"), [
    ("volumes/0", {"name": "v", "hostPath": {"path": "/"}}),
    (f"{OWN}/capabilities/add", ["NET_RAW"]),
    (f"{OWN}/seccompProfile", {"type": "Unconfined"}),
    (f"{POD}/seccompProfile", {"type": "Unconfined"}),
    (f"{POD}/runAsNonRoot", False),
    (f"{OWN}/procMount", "Unmasked"),
])  # fmt: skip
def test_one_cause_is_one_finding(path: str, value: Any) -> None:
    found = check([changed(workload(), f"spec/template/spec/{path}", value)])
    others = {"service-account", WELL_FORMED}  # the API server refuses some of them for another reason
    assert len([one for one in found if one.policy not in others]) == 1, "nobody mends it twice"


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
