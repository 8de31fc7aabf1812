"""Images: their version and their registry."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple, Self

from quadrant_platform.policies.core import Finding, Node, ResourcePolicy, Severity, Subject
from quadrant_platform.policies.core.workload_pods import WORKLOADS

_DEFAULT = "docker.io"
_FLOATING = re.compile(r"latest.*|(?![a-f]{7,}\Z)\D*", re.ASCII)
"""A channel: a tag without a digit, unless it is a revision's hash that happens to have letters only."""

_OPERATOR_IMAGES: dict[tuple[str, str], tuple[str, ...]] = {
    ("postgresql.cnpg.io", "Cluster"): ("spec", "imageName"),
    ("monitoring.coreos.com", "Prometheus"): ("spec", "image"),
    ("monitoring.coreos.com", "Alertmanager"): ("spec", "image"),
    ("elasticsearch.k8s.elastic.co", "Elasticsearch"): ("spec", "image"),
    ("k8s.keycloak.org", "Keycloak"): ("spec", "image"),
}
"""Where a custom resource names the image of the pods that its operator makes; if unset, the operator chooses."""
_KINDS = WORKLOADS | {kind for _, kind in _OPERATOR_IMAGES}


class ImageReference(NamedTuple):
    """An image reference in full: Docker Hub is the registry of a name without one."""

    registry: str
    path: str
    tag: str
    digest: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the parts of a reference; a registry's port is not a tag."""
        named, _, digest = text.partition("@")
        place, _, last = named.rpartition("/")
        name, _, tag = last.partition(":")
        first, _, rest = place.partition("/")
        if "." in first or ":" in first or first == "localhost":
            return cls(first, f"{rest}/{name}".lstrip("/"), tag, digest)
        return cls(_DEFAULT, f"{place or 'library'}/{name}", tag, digest)

    @property
    def repository(self) -> str:
        """Registry and path, without the version."""
        return f"{self.registry}/{self.path}"

    @property
    def is_pinned(self) -> bool:
        """Whether a digest names the content, whatever the tag says."""
        return self.digest.startswith(("sha256:", "sha512:"))

    def is_from(self, allowed: str) -> bool:
        """Return whether it is from a registry `host[:port][/path]`, where `*` is one label of the host."""
        host, _, path = allowed.partition("/")
        inside = not path or self.path == path or self.path.startswith(path.rstrip("/") + "/")
        return inside and _hosts(host).fullmatch(self.registry) is not None


@cache
def _hosts(pattern: str) -> re.Pattern[str]:
    return re.compile(r"[^.:/]+".join(map(re.escape, pattern.split("*"))) + ("" if ":" in pattern else r"(:\d+)?"))


def _images(subject: Subject) -> Iterator[tuple[str, Node]]:
    if subject.pod is not None:
        for container in subject.pod.containers:
            yield container.where, container.node.at("image")
        for volume in subject.pod.volumes:
            if volume.at("image").present():
                yield f"volume ({volume.path})", volume.at("image", "reference")
    path = _OPERATOR_IMAGES.get((subject.obj.group, subject.obj.kind))
    if path and subject.node.at(*path).present():
        yield ".".join(path), subject.node.at(*path)


def pinned_image(subject: Subject) -> Iterator[Finding]:
    """Check that images carry a version as their tag, or a digest, which the platform may ask for beside it."""
    for where, node in _images(subject):
        image = ImageReference.parse(node.text())
        if image.is_pinned:
            continue
        if not image.tag:
            yield Finding(f"{where} has the image {node.text()!r} without a tag", "tag")
        elif _FLOATING.fullmatch(image.tag):
            yield Finding(f"{where} has the floating tag {image.tag!r}", "tag")
        if subject.config.require_digest:
            yield Finding(f"{where} has the image {node.text()!r} without a digest", "digest")


def allowed_registry(subject: Subject) -> Iterator[Finding]:
    """Check that images come from a registry of the list."""
    for where, node in _images(subject):
        image = ImageReference.parse(node.text())
        if not any(image.is_from(allowed) for allowed in subject.config.registries):
            yield Finding(f"{where} has an image from {image.registry!r}, as {image.path!r}, which no row allows")


POLICIES = (
    ResourcePolicy(
        name="pinned-by-tag-and-digest", title="Images are pinned to a version",
        severity=Severity.HIGH, tags=("NSA-1", "CIS-5.5"), kinds=_KINDS, predicate=pinned_image,
        why="A floating tag changes the program without a change in the repository.",
        remedy="Give the image a version tag or the digest that its registry gives; requireDigest asks for the digest.",
    ),
    ResourcePolicy(
        name="registry-allow-list", title="Images come from listed registries",
        severity=Severity.HIGH, tags=("NSA-1", "CIS-5.5.1"), kinds=_KINDS, predicate=allowed_registry,
        why="A registry decides what runs, and a name off by one letter is another registry.",
        remedy="Copy the image to a registry of yours, or list the registry, with a path if need be, in registries.",
    ),
)  # fmt: skip
