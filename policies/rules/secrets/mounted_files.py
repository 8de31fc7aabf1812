"""Files that pods get from Secrets and ConfigMaps: those that come by subPath stay as they were at the start."""

from collections.abc import Iterator

from quadrant_platform.policies.core import Finding, Level, Node, ResourcePolicy, Severity, Subject
from quadrant_platform.policies.core.workload_pods import LONG_RUNNING

_SECRET_DRIVERS = ("secrets-store", "csi.cert-manager.io", "spiffe")


def renewed_files(subject: Subject) -> Iterator[Finding]:
    """Check that no file of a Secret is mounted by subPath, in pods that run on when the Secret changes."""
    if subject.pod is None:
        return
    secret = {volume.at("name").text() for volume in subject.pod.volumes if _holds_secrets(volume)}
    for container in subject.pod.containers:
        for mount in container.node.at("volumeMounts").items() if container.keeps_running else ():
            chosen = next((mount.at(key) for key in ("subPath", "subPathExpr") if mount.at(key).text()), None)
            if chosen is not None and mount.at("name").text() in secret:
                name = f"the secret volume {mount.at('name').text()!r}"
                yield Finding(
                    f"{container.where} mounts {chosen.text()!r} of {name} by subPath ({mount.path})", "secret"
                )


def _holds_secrets(volume: Node) -> bool:
    if any(one.at("secret").present() for one in volume.at("projected", "sources").items()):
        return True
    driver = volume.at("csi", "driver").text()
    return volume.at("secret").present() or any(part in driver for part in _SECRET_DRIVERS)


POLICIES = (
    ResourcePolicy(
        name="secrets-renew", title="Mounted Secrets change with their source", level=Level.ADVISORY,
        severity=Severity.MEDIUM, tags=("rotation",), kinds=LONG_RUNNING, predicate=renewed_files,
        why="The kubelet renews the files of a volume, and never one that is mounted by subPath: after a rotation the "
        "pods hold the old certificate or password until they are replaced.",
        remedy="Mount the volume as a folder and let the program read the file there; choose single files by the "
        "volume's items.",
    ),
)  # fmt: skip
