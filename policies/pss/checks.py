"""The nineteen checks of the Pod Security Standards by their upstream id, each in all its versions.

Source: kubernetes.io/docs/concepts/security/pod-security-standards and the module
k8s.io/pod-security-admission 0.37: twelve checks of `baseline` and seven of `restricted`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from quadrant_platform.policies.configuration.pod_security_version import OLDEST, Profile, Version
from quadrant_platform.policies.core.workload_pods import WorkloadPod
from quadrant_platform.policies.pss import baseline, restricted

Judge = Callable[[WorkloadPod], Iterator[str]]
V1_35 = Version(1, 35)
V1_37 = Version(1, 37)


@dataclass(frozen=True)
class Check:
    """One upstream check. `revisions` are its judges by the version that introduced them.

    `overrides` is the check of `baseline` that this one replaces in `restricted`.
    """

    profile: Profile
    revisions: dict[Version, Judge]
    overrides: str = ""

    def judge(self, version: Version) -> Judge | None:
        """Return how the check judges in a version; nothing before it was introduced."""
        begun = [since for since in self.revisions if since <= version]
        return self.revisions[max(begun)] if begun else None


def _outside_user_namespaces(judge: Judge) -> Judge:
    """Return the same check without pods in a user namespace, where root is an ordinary user of the node."""

    def relaxed(pod: WorkloadPod) -> Iterator[str]:
        if not pod.has_user_namespace:
            yield from judge(pod)

    relaxed.__doc__ = judge.__doc__
    return relaxed


def _baseline(judge: Judge, later: dict[Version, Judge] | None = None) -> Check:
    return Check(Profile.BASELINE, {OLDEST: judge, **(later or {})})


def _restricted(judge: Judge, later: dict[Version, Judge] | None = None, overrides: str = "") -> Check:
    return Check(Profile.RESTRICTED, {OLDEST: judge, **(later or {})}, overrides)


CHECKS: dict[str, Check] = {
    "privileged": _baseline(baseline.privileged),
    "hostNamespaces": _baseline(baseline.host_namespaces),
    "capabilities_baseline": _baseline(baseline.capabilities_baseline),
    "hostPathVolumes": _baseline(baseline.host_path_volumes),
    "hostPorts": _baseline(baseline.host_ports),
    "hostProbesAndHostLifecycle": _baseline(baseline.host_probes_and_lifecycle),
    "appArmorProfile": _baseline(baseline.apparmor_profile),
    "seLinuxOptions": _baseline(baseline.selinux_options),
    "procMount": _baseline(baseline.unmasked_proc, {V1_35: _outside_user_namespaces(baseline.unmasked_proc)}),
    "seccompProfile_baseline": _baseline(baseline.seccomp_profile_baseline),
    "sysctls": _baseline(baseline.sysctls_1_32, {V1_37: baseline.sysctls_1_37}),
    "windowsHostProcess": _baseline(baseline.windows_host_process),
    "restrictedVolumes": _restricted(restricted.restricted_volumes, overrides="hostPathVolumes"),
    "allowPrivilegeEscalation": _restricted(restricted.allow_privilege_escalation),
    "runAsNonRoot": _restricted(
        restricted.run_as_non_root, {V1_35: _outside_user_namespaces(restricted.run_as_non_root)}
    ),
    "runAsUser": _restricted(restricted.run_as_user, {V1_35: _outside_user_namespaces(restricted.run_as_user)}),
    "seccompProfile_restricted": _restricted(restricted.seccomp_profile, overrides="seccompProfile_baseline"),
    "capabilities_restricted": _restricted(restricted.capabilities, overrides="capabilities_baseline"),
    "procMount_restricted": Check(Profile.RESTRICTED, {V1_35: baseline.unmasked_proc}, "procMount"),
}  # fmt: skip


def ids_of(profile: Profile, version: Version) -> frozenset[str]:
    """Return the checks that the API server runs for a profile: `restricted` leaves out what it overrides."""
    known = {name: check for name, check in CHECKS.items() if check.judge(version)}
    if profile is Profile.BASELINE:
        return frozenset(name for name, check in known.items() if check.profile is profile)
    return frozenset(known) - {check.overrides for check in known.values()}
