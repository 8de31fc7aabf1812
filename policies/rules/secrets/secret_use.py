"""The use of Secrets: as read-only files, by declared consumers only."""

from collections.abc import Iterator

from quadrant_platform.policies.core import Finding, Level, Node, Object, ResourcePolicy, StackIndex, Subject
from quadrant_platform.policies.core.policy import OPERATIONS, Severity, StackPolicy
from quadrant_platform.policies.core.workload_pods import WORKLOADS, WorkloadPod
from quadrant_platform.vocabulary import CONSUMERS_ANNOTATION, NAME_LABEL

ALLOWED_ENV = frozenset({"NODE_ENV", "CONFIG_PATH", "SECRETS_DIR"})
_CSI_DRIVERS = frozenset({"secrets-store.csi.k8s.io", "secrets-store-gke.csi.k8s.io"})


def no_secret_env(subject: Subject) -> Iterator[Finding]:
    """Check that no environment variable takes its value from a Secret."""
    for container in subject.containers:
        for node in container.env:
            if node.at("valueFrom", "secretKeyRef").present():
                name = node.at("name").text()
                yield Finding(f"{container.where} takes {name} from a Secret ({node.path})", "env")
        for node in container.env_from:
            if node.at("secretRef").present():
                yield Finding(f"{container.where} takes a whole Secret ({node.path})", "envFrom")


def allowed_env(subject: Subject) -> Iterator[Finding]:
    """Check that the environment of a service of ours holds its stage and the places of its files, nothing else."""
    if subject.pod is None or subject.pod.component != "service" or not subject.is_ours:
        return
    for container in subject.pod.containers:
        for node in container.env:
            name = node.at("name").text()
            if name not in ALLOWED_ENV or node.at("valueFrom", "secretKeyRef").present():
                yield Finding(f"{container.where} sets {name!r} ({node.path})")
        for node in container.env_from:
            yield Finding(f"{container.where} takes its environment from elsewhere ({node.path})")


def secret_names(volume: Node) -> Iterator[str]:
    """Yield the Secrets that a volume shows, by name."""
    if volume.at("secret").present():
        yield volume.at("secret", "secretName").text()
    for source in volume.at("projected", "sources").items():
        if source.at("secret").present():
            yield source.at("secret", "name").text()


def _may_be_written(volume: Node) -> bool:
    """Return whether a driver mounts secrets as its volume says; the kubelet mounts its own read-only since 1.10."""
    csi = volume.at("csi")
    return csi.at("driver").text() in _CSI_DRIVERS and csi.at("readOnly").flag() is not True


def read_only_secrets(subject: Subject) -> Iterator[Finding]:
    """Check that secrets which a driver brings into the pod are mounted read-only."""
    if subject.pod is None:
        return
    secret = {volume.at("name").text() for volume in subject.pod.volumes if _may_be_written(volume)}
    for container in subject.pod.containers:
        for mount in container.node.at("volumeMounts").items():
            name = mount.at("name").text()
            if name in secret and mount.at("readOnly").flag() is not True:
                yield Finding(f"{container.where} mounts the secret {name!r} writable ({mount.path})")


def secret_name(obj: Object) -> str:
    """Return the name of the Secret that an object is or makes."""
    target = obj.node.at("spec", "target", "name").text() if obj.kind == "ExternalSecret" else ""
    return target or obj.name


def _used(pod: WorkloadPod) -> set[str]:
    names = {name for volume in pod.volumes for name in secret_names(volume)}
    for container in pod.containers:
        for node in container.env:
            names.add(node.at("valueFrom", "secretKeyRef", "name").text())
        for node in container.env_from:
            names.add(node.at("secretRef", "name").text())
    return names - {""}


def secret_consumers(stack: StackIndex) -> Iterator[Finding]:
    """Check that a Secret of a system of ours is used only by the workloads that it names."""
    secrets = {(obj.namespace, secret_name(obj)): obj for obj in stack.of_kind("Secret", "ExternalSecret")}
    for pod in stack.pods:
        workload = pod.workload
        for name in sorted(_used(pod)):
            secret = secrets.get((workload.namespace, name))
            names = {workload.name, pod.labels.get(NAME_LABEL, workload.name)}
            ours = secret is not None and (stack.is_ours(secret) or stack.is_ours(workload))
            if secret is not None and ours and names.isdisjoint(_consumers(secret)):
                message = f"it uses {secret.identity}, which does not name it in {CONSUMERS_ANNOTATION}"
                yield Finding(message, obj=workload)


def _consumers(secret: Object) -> set[str]:
    return {name.strip() for name in secret.annotations.at(CONSUMERS_ANNOTATION).text().split(",")}


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
        name="secrets-read-only", title="Secrets that a driver brings are mounted read-only",
        severity=Severity.HIGH, tags=("CIS-5.4",), kinds=WORKLOADS, predicate=read_only_secrets,
        why="A writable mount lets a process replace what another one trusts.",
        remedy="Set readOnly to true in the volume's csi, or on the volumeMount.",
    ),
    StackPolicy(
        name="secret-consumers", title="A Secret is used by its declared consumers only",
        severity=Severity.HIGH, tags=("CIS-5.4", "least-privilege"), group=OPERATIONS, predicate=secret_consumers,
        why="An intruder in one workload also holds every secret that it can read.",
        remedy=f"Name the workload in the annotation {CONSUMERS_ANNOTATION} of the Secret, or do not mount it.",
    ),
)  # fmt: skip
