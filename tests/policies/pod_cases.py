"""Changes to a good pod, and the rules that each breaks; without rules it must pass.

Paths begin at the pod's specification.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.policies.builders import REMOVE, UNKNOWN, init_container

MAIN = "containers/0"
INIT = "initContainers/0"
OWN = f"{MAIN}/securityContext"
POD = "securityContext"
HOST = {"httpGet": {"port": 3001, "host": "169.254.169.254"}}


class Case(NamedTuple):
    """A change: path, value, and the rules that it breaks."""

    path: str
    value: Any
    rules: frozenset[tuple[str, str]] = frozenset()

    def __str__(self) -> str:
        value = "removed" if self.value is REMOVE else str(self.value)[:50]
        return f"{self.path}={value}"


def breaks(path: str, value: Any, *rules: str) -> Case:
    """A change that breaks rules, each written `policy/check`."""
    return Case(path, value, frozenset((rule.partition("/")[0], rule.partition("/")[2]) for rule in rules))


def keeps(path: str, value: Any) -> Case:
    """A change that is allowed."""
    return Case(path, value)


def ephemeral(**context: Any) -> list[dict[str, Any]]:
    """A debugging container with a good security context, and what is changed in it."""
    good = {**init_container()["securityContext"], **context}
    return [{"name": "debug", "image": "registry.example.com/debug:1.0", "securityContext": good}]


POD_SECURITY = (
    breaks(f"{OWN}/privileged", True, "no-privileged/privileged"),
    breaks(f"{INIT}/securityContext/privileged", True, "no-privileged/privileged"),
    breaks("ephemeralContainers", ephemeral(privileged=True), "no-privileged/privileged"),
    keeps("ephemeralContainers", ephemeral()),
    keeps(f"{OWN}/privileged", False),
    breaks("hostNetwork", True, "no-host-namespaces/hostNamespaces"),
    breaks("hostPID", True, "no-host-namespaces/hostNamespaces"),
    breaks("hostIPC", True, "no-host-namespaces/hostNamespaces"),
    keeps("hostIPC", False),
    breaks("volumes/0", {"name": "v", "hostPath": {"path": "/"}}, "volume-types/hostPathVolumes",
           "volume-types/restrictedVolumes"),
    breaks("volumes/0", {"name": "v", "nfs": {"server": "a", "path": "/"}}, "volume-types/restrictedVolumes"),
    keeps("volumes/0", {"name": "v", "hostPath": None, "image": {"reference": "registry.example.com/data:1.2"}}),
    keeps("volumes/0", {"name": "v", "csi": {"driver": "disk.example.com"}}),
    breaks(f"{MAIN}/ports/0/hostPort", 3001, "no-host-ports/hostPorts"),
    keeps(f"{MAIN}/ports/0/hostPort", 0),
    breaks(f"{MAIN}/livenessProbe", HOST, "no-host-probes-or-host-process/hostProbesAndHostLifecycle"),
    breaks(f"{MAIN}/lifecycle", {"preStop": HOST}, "no-host-probes-or-host-process/hostProbesAndHostLifecycle"),
    keeps(f"{MAIN}/lifecycle", {"preStop": {"exec": {"command": ["sleep", "5"]}}}),
    breaks(f"{POD}/windowsOptions", {"hostProcess": True}, "no-host-probes-or-host-process/windowsHostProcess"),
    breaks(f"{OWN}/windowsOptions", {"hostProcess": True}, "no-host-probes-or-host-process/windowsHostProcess"),
    breaks(f"{OWN}/capabilities", REMOVE, "drop-all-capabilities/capabilities_restricted"),
    breaks(f"{INIT}/securityContext/capabilities/drop", ["all"], "drop-all-capabilities/capabilities_restricted"),
    breaks(f"{OWN}/capabilities/add", ["CHOWN"], "drop-all-capabilities/capabilities_restricted"),
    breaks(f"{OWN}/capabilities/add", ["SYS_ADMIN"], "drop-all-capabilities/capabilities_restricted",
           "drop-all-capabilities/capabilities_baseline"),
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
    breaks(f"{OWN}/seccompProfile", {"type": "Unconfined"}, "seccomp/seccompProfile_restricted",
           "seccomp/seccompProfile_baseline"),
    keeps(f"{OWN}/seccompProfile", {"type": "Localhost", "localhostProfile": "strict.json"}),
    breaks(f"{POD}/appArmorProfile", {"type": "Unconfined"}, "kernel-surface/appArmorProfile"),
    keeps(f"{POD}/appArmorProfile", {"type": "RuntimeDefault"}),
    breaks(f"{OWN}/seLinuxOptions", {"type": "spc_t"}, "kernel-surface/seLinuxOptions"),
    breaks(f"{POD}/seLinuxOptions", {"user": "root"}, "kernel-surface/seLinuxOptions"),
    keeps(f"{OWN}/seLinuxOptions", {"type": "container_engine_t", "level": "s0:c1"}),
    breaks(f"{OWN}/procMount", "Unmasked", "kernel-surface/procMount", "kernel-surface/procMount_restricted"),
    keeps(f"{OWN}/procMount", "Default"),
    breaks(f"{POD}/sysctls", [{"name": "kernel.msgmax", "value": "1"}], "kernel-surface/sysctls"),
    keeps(f"{POD}/sysctls", [{"name": "net.ipv4.tcp_notsent_lowat", "value": "1"}]),
)  # fmt: skip

UNKNOWNS = (
    breaks("hostNetwork", UNKNOWN, "no-host-namespaces/unknown"),
    breaks(f"{MAIN}/securityContext/privileged", UNKNOWN, "no-privileged/unknown"),
    keeps("nodeName", UNKNOWN),
)
