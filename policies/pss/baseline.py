"""The twelve checks of the Pod Security Standard `baseline`. Each yields its findings as text."""

from collections.abc import Iterator

from quadrant_platform.policies.core import Node
from quadrant_platform.policies.core.workload_pods import Container, WorkloadPod

CAPABILITIES = frozenset(
    "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID "
    "SYS_CHROOT".split()
)
SELINUX_TYPES = frozenset({"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"})
SYSCTLS_1_32 = frozenset(
    "kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.tcp_syncookies net.ipv4.ping_group_range "
    "net.ipv4.ip_unprivileged_port_start net.ipv4.ip_local_reserved_ports net.ipv4.tcp_keepalive_time "
    "net.ipv4.tcp_fin_timeout net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes net.ipv4.tcp_rmem "
    "net.ipv4.tcp_wmem".split()
)
SYSCTLS_1_37 = SYSCTLS_1_32 | {"net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_notsent_lowat"}
PROFILES = frozenset({"RuntimeDefault", "Localhost"})
APPARMOR_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/"
_HANDLERS = (("livenessProbe",), ("readinessProbe",), ("startupProbe",), ("lifecycle", "postStart"),
             ("lifecycle", "preStop"))  # fmt: skip


def contexts(pod: WorkloadPod) -> Iterator[tuple[str, Node]]:
    """Yield every security context of the pod with the words for its owner."""
    yield "the pod", pod.security
    for container in pod.containers:
        yield container.where, container.security


def privileged(pod: WorkloadPod) -> Iterator[str]:
    """Check that no container has all rights of the node."""
    for container in pod.containers:
        if container.security.at("privileged").flag():
            yield f"{container.where} is privileged"


def host_namespaces(pod: WorkloadPod) -> Iterator[str]:
    """Check that the pod shares no network, process or IPC namespace with the node."""
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.spec.at(field).flag():
            yield f"{field} is true"


def capabilities_baseline(pod: WorkloadPod) -> Iterator[str]:
    """Check that a container adds no capability beyond the container runtime's usual ones."""
    for container in pod.containers:
        added = {node.text() for node in container.security.at("capabilities", "add").items()}
        if bad := added - CAPABILITIES:
            yield f"{container.where} adds the capabilities {sorted(bad)}"


def host_path_volumes(pod: WorkloadPod) -> Iterator[str]:
    """Check that no volume is a folder of the node."""
    for volume in pod.volumes:
        if volume.at("hostPath").present():
            yield f"volume {volume.at('name').text()!r} ({volume.path}) is a hostPath"


def host_ports(pod: WorkloadPod) -> Iterator[str]:
    """Check that no container takes a port of the node."""
    for container in pod.containers:
        for port in container.ports:
            if number := port.at("hostPort").integer():
                yield f"{container.where} takes the host port {number}"


def _handler_hosts(container: Container) -> Iterator[str]:
    for keys in _HANDLERS:
        for action in ("httpGet", "tcpSocket"):
            node = container.node.at(*keys, action, "host")
            if node.text():
                yield node.path


def host_probes_and_lifecycle(pod: WorkloadPod) -> Iterator[str]:
    """Check that no probe or hook names a host: the kubelet would call it from outside every NetworkPolicy."""
    for container in pod.containers:
        for path in _handler_hosts(container):
            yield f"{container.where} names a host in {path}"


def _profiles(pod: WorkloadPod, field: str, name: str) -> Iterator[str]:
    for owner, context in contexts(pod):
        profile = context.at(field)
        if profile.present() and profile.at("type").text() not in PROFILES:
            yield f"{owner} sets the {name} profile {profile.at('type').text()!r}"


def apparmor_profile(pod: WorkloadPod) -> Iterator[str]:
    """Check that AppArmor is not switched off, by field or by the old annotation."""
    yield from _profiles(pod, "appArmorProfile", "AppArmor")
    for key, node in pod.annotations.entries():
        if key.startswith(APPARMOR_ANNOTATION) and not _apparmor_allowed(node.text()):
            yield f"the annotation {key} is {node.text()!r}"


def _apparmor_allowed(value: str) -> bool:
    return value in {"", "runtime/default"} or value.startswith("localhost/")


def selinux_options(pod: WorkloadPod) -> Iterator[str]:
    """Check that SELinux keeps a container type, and neither user nor role is set."""
    for owner, context in contexts(pod):
        options = context.at("seLinuxOptions")
        if options.at("type").text() not in SELINUX_TYPES:
            yield f"{owner} sets the SELinux type {options.at('type').text()!r}"
        for field in ("user", "role"):
            if options.at(field).text():
                yield f"{owner} sets an SELinux {field}"


def unmasked_proc(pod: WorkloadPod) -> Iterator[str]:
    """Check that the masked paths of /proc stay masked; in `baseline` not in a user namespace (since 1.35)."""
    for container in pod.containers:
        mount = container.security.at("procMount")
        if mount.present() and mount.text() != "Default":
            yield f"{container.where} sets procMount to {mount.text()!r}"


def seccomp_profile_baseline(pod: WorkloadPod) -> Iterator[str]:
    """Check that seccomp is not switched off."""
    yield from _profiles(pod, "seccompProfile", "seccomp")


def _sysctls(pod: WorkloadPod, allowed: frozenset[str]) -> Iterator[str]:
    for node in pod.security.at("sysctls").items():
        if (name := node.at("name").text()) not in allowed:
            yield f"the pod sets the sysctl {name!r}"


def sysctls_1_32(pod: WorkloadPod) -> Iterator[str]:
    """Check that only kernel parameters that are confined to the pod are set."""
    yield from _sysctls(pod, SYSCTLS_1_32)


def sysctls_1_37(pod: WorkloadPod) -> Iterator[str]:
    """Check that only kernel parameters that are confined to the pod are set."""
    yield from _sysctls(pod, SYSCTLS_1_37)


def windows_host_process(pod: WorkloadPod) -> Iterator[str]:
    """Check that no Windows container runs as a process of the node."""
    for owner, context in contexts(pod):
        if context.at("windowsOptions", "hostProcess").flag():
            yield f"{owner} is a Windows HostProcess"
