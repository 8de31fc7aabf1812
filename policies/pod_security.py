"""The whole Pod Security Standard `restricted`, in policies whose findings carry the upstream check's id.

Source: kubernetes.io/docs/concepts/security/pod-security-standards and the module
k8s.io/pod-security-admission 1.37: twelve checks of `baseline` and seven of `restricted`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from policies import pss_baseline as baseline
from policies import pss_restricted as restricted
from policies.pods import TEMPLATES, Pod
from policies.rules import Finding, ResourcePolicy, Severity, Subject

WORKLOADS = frozenset(TEMPLATES)
Check = Callable[[Pod], Iterator[str]]

CHECKS: dict[str, Check] = {
    "privileged": baseline.privileged,
    "hostNamespaces": baseline.host_namespaces,
    "capabilities_baseline": baseline.capabilities_baseline,
    "hostPathVolumes": baseline.host_path_volumes,
    "hostPorts": baseline.host_ports,
    "hostProbesAndHostLifecycle": baseline.host_probes_and_lifecycle,
    "appArmorProfile": baseline.apparmor_profile,
    "seLinuxOptions": baseline.selinux_options,
    "procMount": baseline.proc_mount,
    "seccompProfile_baseline": baseline.seccomp_profile_baseline,
    "sysctls": baseline.sysctls,
    "windowsHostProcess": baseline.windows_host_process,
    "restrictedVolumes": restricted.restricted_volumes,
    "allowPrivilegeEscalation": restricted.allow_privilege_escalation,
    "runAsNonRoot": restricted.run_as_non_root,
    "runAsUser": restricted.run_as_user,
    "seccompProfile_restricted": restricted.seccomp_profile_restricted,
    "capabilities_restricted": restricted.capabilities_restricted,
    "procMount_restricted": restricted.proc_mount_restricted,
}
"""The upstream checks by their id."""


def _all_of(*checks: str) -> Callable[[Subject], Iterator[Finding]]:
    def predicate(subject: Subject) -> Iterator[Finding]:
        for check in checks:
            if subject.pod:
                yield from (Finding(message, check) for message in CHECKS[check](subject.pod))

    return predicate


def _policy(
    name: str, title: str, why: str, remedy: str, *checks: str, severity: Severity = Severity.HIGH
) -> ResourcePolicy:
    return ResourcePolicy(
        name=name, title=title, why=why, remedy=remedy, severity=severity,
        tags=("PSS-restricted", "NSA-1", "CIS-5.2"), predicate=_all_of(*checks), kinds=WORKLOADS,
    )  # fmt: skip


POLICIES = (
    _policy(
        "no-privileged", "No container is privileged",
        "A privileged container is root on the node.",
        "Remove securityContext.privileged.",
        "privileged", severity=Severity.CRITICAL,
    ),
    _policy(
        "no-host-namespaces", "Pods share no namespace with the node",
        "On the node's network a pod bypasses every NetworkPolicy; among its processes it reads secrets.",
        "Remove hostNetwork, hostPID and hostIPC.",
        "hostNamespaces", severity=Severity.CRITICAL,
    ),
    _policy(
        "volume-types", "Volumes are of the restricted types",
        "A hostPath leads out of the container, and in-tree drivers run with the rights of the node.",
        "Use configMap, secret, projected, downwardAPI, emptyDir, image, csi, ephemeral or a claim.",
        "hostPathVolumes", "restrictedVolumes", severity=Severity.CRITICAL,
    ),
    _policy(
        "no-host-ports", "No container takes a port of the node",
        "A host port is a way in that bypasses Traefik, and often the NetworkPolicies too.",
        "Remove hostPort; route through Traefik.",
        "hostPorts",
    ),
    _policy(
        "no-host-probes-or-host-process", "Probes and hooks name no host, and nothing is a HostProcess",
        "The kubelet follows `host` from outside every NetworkPolicy, into the node's own network.",
        "Remove host from httpGet and tcpSocket, and windowsOptions.hostProcess.",
        "hostProbesAndHostLifecycle", "windowsHostProcess",
    ),
    _policy(
        "drop-all-capabilities", "Every container drops all capabilities",
        "Capabilities are parts of root; a service that listens above 1024 needs none.",
        "Set securityContext.capabilities.drop to [ALL] and add nothing.",
        "capabilities_baseline", "capabilities_restricted",
    ),
    _policy(
        "no-privilege-escalation", "No process gains rights",
        "Without it a setuid file in the image makes the process root.",
        "Set securityContext.allowPrivilegeEscalation to false on every container.",
        "allowPrivilegeEscalation",
    ),
    _policy(
        "run-as-non-root", "No container runs as root",
        "Root in a container is root on the node as soon as the container leaks.",
        "Set securityContext.runAsNonRoot to true on the pod and a runAsUser other than 0.",
        "runAsNonRoot", "runAsUser",
    ),
    _policy(
        "seccomp", "Seccomp filters the system calls",
        "Most kernel exploits need system calls that the runtime's default profile blocks.",
        "Set securityContext.seccompProfile.type to RuntimeDefault on the pod.",
        "seccompProfile_baseline", "seccompProfile_restricted",
    ),
    _policy(
        "kernel-surface", "AppArmor, SELinux, /proc and sysctls keep their safe values",
        "Each of them is a wall between the container and the node's kernel.",
        "Remove the setting, or use a value that the Pod Security Standard allows.",
        "appArmorProfile", "seLinuxOptions", "procMount", "procMount_restricted", "sysctls",
    ),
)  # fmt: skip
