"""The checks that the Pod Security Standard `restricted` adds. Each yields its findings as text.

`procMount_restricted` is that of `baseline` before it was relaxed.
"""

from collections.abc import Iterator

from quadrant_platform.policies.core.workload_pods import WorkloadPod
from quadrant_platform.policies.pss.baseline import PROFILES, contexts

VOLUMES = frozenset("configMap csi downwardAPI emptyDir ephemeral image persistentVolumeClaim projected secret".split())


def restricted_volumes(pod: WorkloadPod) -> Iterator[str]:
    """Check that volumes hold configuration, scratch space or a claim. One without a source is an emptyDir."""
    for volume in pod.volumes:
        sources = {key for key, node in volume.entries() if key != "name" and node.present()}
        if sources and not sources & VOLUMES:
            name = volume.at("name").text()
            yield f"volume {name!r} ({volume.path}) is of type {', '.join(sorted(sources))}"


def allow_privilege_escalation(pod: WorkloadPod) -> Iterator[str]:
    """Check that no process gains more rights than its parent has."""
    if pod.is_windows:
        return
    for container in pod.containers:
        if container.security.at("allowPrivilegeEscalation").flag() is not False:
            yield f"{container.where} does not set allowPrivilegeEscalation to false"


def run_as_non_root(pod: WorkloadPod) -> Iterator[str]:
    """Check that the kubelet refuses to start root, except in a user namespace (since 1.35)."""
    of_pod = pod.security.at("runAsNonRoot").flag()
    if of_pod is False:
        yield "the pod sets runAsNonRoot to false"
    for container in pod.containers:
        own = container.security.at("runAsNonRoot").flag()
        if own is False or (own is None and of_pod is None):
            yield f"{container.where} does not run with runAsNonRoot: true, its own or the pod's"


def run_as_user(pod: WorkloadPod) -> Iterator[str]:
    """Check that no user is 0, except in a user namespace (since 1.35)."""
    for owner, context in contexts(pod):
        if context.at("runAsUser").integer() == 0:
            yield f"{owner} sets runAsUser to 0"


def seccomp_profile(pod: WorkloadPod) -> Iterator[str]:
    """Check that seccomp is switched on, by the container or the pod."""
    if pod.is_windows:
        return
    profile = pod.security.at("seccompProfile")
    if profile.present() and profile.at("type").text() not in PROFILES:
        yield f"the pod sets the seccomp profile {profile.at('type').text()!r}"
    for container in pod.containers:
        own = container.security.at("seccompProfile")
        inherits = profile.present() and not own.present()
        if not inherits and own.at("type").text() not in PROFILES:
            yield f"{container.where} has no seccomp profile RuntimeDefault or Localhost"


def capabilities(pod: WorkloadPod) -> Iterator[str]:
    """Check that every container drops all capabilities and adds at most NET_BIND_SERVICE."""
    if pod.is_windows:
        return
    for container in pod.containers:
        capabilities = container.security.at("capabilities")
        if "ALL" not in {node.text() for node in capabilities.at("drop").items()}:
            yield f"{container.where} does not drop ALL capabilities"
        if bad := {node.text() for node in capabilities.at("add").items()} - {"NET_BIND_SERVICE"}:
            yield f"{container.where} adds the capabilities {sorted(bad)}"
