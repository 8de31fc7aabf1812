"""What every container must say of itself: resources, file system, image and probes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.pod_security import WORKLOADS
from policies.pods import LONG_RUNNING, Container
from policies.rules import Finding, ResourcePolicy, Severity, Subject

PROBED_COMPONENTS = frozenset({"", "service", "database", "pooler", "cache", "sentinel", "objectStore", "broker"})
"""Components whose containers need all three probes; a pod that does not say what it is counts as one."""

_PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
_FLOATING = re.compile(r"latest|\D*", re.ASCII)


def _containers(subject: Subject) -> tuple[Container, ...]:
    return subject.pod.containers if subject.pod else ()


def requests_and_limits(subject: Subject) -> Iterator[Finding]:
    """Every container, init ones included, requests and limits CPU and memory."""
    for container in _containers(subject):
        if container.role == "ephemeral container":
            continue  # the API server refuses resources on them
        for side in ("requests", "limits"):
            for resource in ("cpu", "memory"):
                if container.node.at("resources", side, resource).scalar() is None:
                    amount = f"{side}.{resource}"
                    yield Finding(f"{container.where} has no resources.{amount}", amount)


def read_only_root_file_system(subject: Subject) -> Iterator[Finding]:
    """The container's own file system cannot be written."""
    for container in _containers(subject):
        if container.security.at("readOnlyRootFilesystem").flag() is not True:
            yield Finding(f"{container.where} does not set readOnlyRootFilesystem to true")


def split_image(image: str) -> tuple[str, str]:
    """The tag and the digest of an image reference; a port of the registry is not a tag."""
    reference, _, digest = image.partition("@")
    _, _, tag = reference.rpartition("/")[2].partition(":")
    return tag, digest


def pinned_image(subject: Subject) -> Iterator[Finding]:
    """Images carry a version as their tag and, where the stack asks for it, a digest."""
    if subject.pod is None:
        return
    images = [(container.where, container.node.at("image")) for container in _containers(subject)]
    images += [(f"volume ({node.path})", node.at("image", "reference")) for node in subject.pod.volumes
               if node.at("image").present()]  # fmt: skip
    for where, node in images:
        tag, digest = split_image(node.text())
        if not tag:
            yield Finding(f"{where} has the image {node.text()!r} without a tag", "tag")
        elif _FLOATING.fullmatch(tag) or tag.startswith("latest"):
            yield Finding(f"{where} has the floating tag {tag!r}", "tag")
        if subject.config.require_digest and not digest.startswith("sha256:"):
            yield Finding(f"{where} has the image {node.text()!r} without a digest", "digest")


def probes(subject: Subject) -> Iterator[Finding]:
    """Containers of long-running services and data stores have all three probes."""
    pod = subject.pod
    if pod is None or subject.obj.kind not in LONG_RUNNING or pod.component not in PROBED_COMPONENTS:
        return
    for container in pod.main_containers:
        for probe in _PROBES:
            if not container.node.at(probe).present():
                yield Finding(f"{container.where} has no {probe}", probe)


POLICIES = (
    ResourcePolicy(
        name="requests-and-limits", title="Every container requests and limits CPU and memory",
        severity=Severity.HIGH, tags=("NSA-4", "CIS-5.7"), kinds=WORKLOADS, predicate=requests_and_limits,
        why="Without them one container starves its neighbours and the scheduler places pods blindly.",
        remedy="Set resources.requests and resources.limits for cpu and memory, on init containers too.",
    ),
    ResourcePolicy(
        name="read-only-rootfs", title="The root file system is read-only",
        severity=Severity.HIGH, tags=("NSA-1.1",), kinds=WORKLOADS, predicate=read_only_root_file_system,
        why="An intruder who cannot write cannot install tools or change the program.",
        remedy="Set securityContext.readOnlyRootFilesystem to true and mount an emptyDir for scratch files.",
    ),
    ResourcePolicy(
        name="pinned-by-tag-and-digest", title="Images are pinned to a version",
        severity=Severity.HIGH, tags=("CIS-5.5",), kinds=WORKLOADS, predicate=pinned_image,
        why="A floating tag changes the program without a change in the repository.",
        remedy="Give the image a version tag; with requireDigest also the digest from images.lock.yaml.",
    ),
    ResourcePolicy(
        name="probes", title="Services and data stores have all three probes",
        severity=Severity.MEDIUM, tags=("reliability",), kinds=LONG_RUNNING, predicate=probes,
        why="Without readiness traffic comes too early, without liveness a hung pod stays, and without "
        "startup a slow one is killed.",
        remedy="Give the container a startupProbe, a readinessProbe and a livenessProbe.",
    ),
)  # fmt: skip
