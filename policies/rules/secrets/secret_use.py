"""How pods get their configuration and secrets: as read-only files."""

from __future__ import annotations

from collections.abc import Iterator

from quadrant_platform.policies.core.access import Node
from quadrant_platform.policies.core.policy import Finding, Level, ResourcePolicy, Severity, Subject
from quadrant_platform.policies.core.workload_pods import WorkloadPod
from quadrant_platform.policies.pss.pod_security import WORKLOADS

ALLOWED_ENV = frozenset({"NODE_ENV", "CONFIG_PATH", "SECRETS_DIR"})
_CSI_DRIVER = "secrets-store.csi.k8s.io"


def no_secret_env(subject: Subject) -> Iterator[Finding]:
    """No environment variable takes its value from a Secret."""
    for container in subject.pod.containers if subject.pod else ():
        for node in container.node.at("env").items():
            if node.at("valueFrom", "secretKeyRef").present():
                name = node.at("name").text()
                yield Finding(f"{container.where} takes {name} from a Secret ({node.path})", "env")
        for node in container.node.at("envFrom").items():
            if node.at("secretRef").present():
                yield Finding(f"{container.where} takes a whole Secret ({node.path})", "envFrom")


def allowed_env(subject: Subject) -> Iterator[Finding]:
    """A service knows its stage and where its files are, and nothing else, from its environment."""
    if subject.pod is None or subject.pod.component != "service":
        return
    for container in subject.pod.containers:
        for node in container.node.at("env").items():
            name = node.at("name").text()
            if name not in ALLOWED_ENV or node.at("valueFrom", "secretKeyRef").present():
                yield Finding(f"{container.where} sets {name!r} ({node.path})")
        for node in container.node.at("envFrom").items():
            yield Finding(f"{container.where} takes its environment from elsewhere ({node.path})")


def secret_names(volume: Node) -> Iterator[str]:
    """The Secrets that a volume shows, by name."""
    if volume.at("secret").present():
        yield volume.at("secret", "secretName").text()
    for source in volume.at("projected", "sources").items():
        if source.at("secret").present():
            yield source.at("secret", "name").text()


def _secret_volumes(pod: WorkloadPod) -> frozenset[str]:
    return frozenset(volume.at("name").text() for volume in pod.volumes if _shows_secrets(volume))


def _shows_secrets(volume: Node) -> bool:
    return any(True for _ in secret_names(volume)) or volume.at("csi", "driver").text() == _CSI_DRIVER


def read_only_secrets(subject: Subject) -> Iterator[Finding]:
    """Secrets are mounted read-only."""
    if subject.pod is None:
        return
    secret = _secret_volumes(subject.pod)
    for container in subject.pod.containers:
        for mount in container.node.at("volumeMounts").items():
            name = mount.at("name").text()
            if name in secret and mount.at("readOnly").flag() is not True:
                yield Finding(f"{container.where} mounts the secret {name!r} writable ({mount.path})")


POLICIES = (
    ResourcePolicy(
        name="secrets-as-files", title="Secrets are files, not variables", level=Level.ADVISORY,
        severity=Severity.MEDIUM, tags=("CIS-5.4.1",), kinds=WORKLOADS, predicate=no_secret_env,
        why="The environment leaks into crash dumps, logs and child processes, and never rotates.",
        remedy="Mount the Secret as files under /run/secrets.",
    ),
    ResourcePolicy(
        name="allowed-env", title="Services have three environment variables at most",
        severity=Severity.MEDIUM, tags=("configuration",), kinds=WORKLOADS, predicate=allowed_env,
        why="Settings scattered over the environment cannot be reviewed, validated or compared.",
        remedy="Keep NODE_ENV, CONFIG_PATH and SECRETS_DIR; move the rest to the configuration file.",
    ),
    ResourcePolicy(
        name="secrets-read-only", title="Secrets are mounted read-only",
        severity=Severity.HIGH, tags=("CIS-5.4",), kinds=WORKLOADS, predicate=read_only_secrets,
        why="A writable mount lets a process replace what another one trusts.",
        remedy="Set readOnly to true on the volumeMount.",
    ),
)  # fmt: skip
