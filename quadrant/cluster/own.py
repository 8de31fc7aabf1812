"""The clusters that Quadrant makes itself: kind, where Docker is, else the lab."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from lab import cluster, kind
from lab.build.catalogue import SAMPLE
from lab.build.steps import locked
from lab.home import Home
from lab.kind_cluster import NAME, Cluster, call
from lab.plan import Doors
from quadrant.cluster import state
from quadrant.cluster.kubectl import binary
from quadrant.cluster.target import Kind

Say = Callable[[str], None]


class Own(Protocol):
    """A cluster that we start and stop."""

    @property
    def port(self) -> int | None:
        """The port of the public entry on loopback; None where somebody has to forward it."""

    def up(self, images: Collection[str], say: Say, /) -> None:
        """Start it, or go on with a start that was interrupted, and write its kubeconfig.

        The images of a stack may be brought to its node meanwhile.
        """

    def down(self, say: Say) -> None:
        """Remove it."""

    def load(self, images: Collection[str], say: Say) -> None:
        """Bring images to its node that no registry has."""


class DockerKind:
    """A cluster of kind, with what it lacks."""

    port: int | None = None

    def up(self, images: Collection[str], say: Say, /) -> None:
        """Create it unless it is there, and bring what a stack needs and it lacks.

        BadInput, before anything is created, where this machine could not complete it; BuildFailed where an image
        cannot be made. The next call goes on wherever one ended.
        """
        ours, wanted = _kind(), [*images, SAMPLE]
        with _alone(say):
            if not _found(say):
                kind.check(wanted, Home.here())
                _create(say)
            kind.define(ours, Home.here(), say)
            kind.complete(ours, wanted, Home.here(), say)

    def down(self, say: Say) -> None:
        """Delete it."""
        with _alone(say):
            say("deleting the cluster of kind")
            _delete()

    def load(self, images: Collection[str], say: Say) -> None:
        """Bring those that no registry has; the node pulls the others."""
        kind.load(_kind(), images, Home.here(), say)


class Lab:
    """The one-node cluster that needs no Docker."""

    @property
    def port(self) -> int | None:
        """The lab's own port on loopback."""
        return Doors.here().https

    def up(self, images: Collection[str], say: Say, /) -> None:
        """Start the lab, which writes its kubeconfig itself."""
        cluster.up(Home.here(), say, [*images, SAMPLE])

    def down(self, say: Say) -> None:
        """Stop the lab and remove its data; its programs and images are kept."""
        cluster.down(Home.here(), say)
        say(f"the lab is gone; kept for the next time: its programs and images in {Home.here().root}")

    def load(self, images: Collection[str], say: Say) -> None:
        """Make images and import them."""
        foreign = cluster.load(Home.here(), images, say)
        if foreign:
            say(f"the node has to pull {', '.join(foreign)}")


def _kind() -> Cluster:
    return Cluster(binary(Kind.KIND), state.kind_kubeconfig())


def _found(say: Say) -> bool:
    """Whether the cluster is there, and reached by our kubeconfig; what an interrupted creation left is removed."""
    if NAME not in call("kind", "get", "clusters").split():
        return False
    if _unfinished().exists():
        say("removing a cluster of kind whose creation was interrupted")
        _delete()
        return False
    call("kind", "export", "kubeconfig", "--name", NAME, "--kubeconfig", str(state.kind_kubeconfig()))
    return True


def _create(say: Say) -> None:
    say("creating a cluster with kind; its image is pulled first")
    _unfinished().touch()
    place = ("--name", NAME, "--kubeconfig", str(state.kind_kubeconfig()))
    # Nothing waits for the node here: without a network it cannot be ready.
    call("kind", "create", "cluster", *place, "--config", str(kind.CONFIG))
    _unfinished().unlink()


def _delete() -> None:
    call("kind", "delete", "cluster", "--name", NAME, "--kubeconfig", str(state.kind_kubeconfig()))
    state.kind_kubeconfig().unlink(missing_ok=True)
    _unfinished().unlink(missing_ok=True)


def _unfinished() -> Path:
    """Return the file that is there while kind creates the cluster: a kill leaves a node that never gets ready."""
    return state.folder() / ".kind.unfinished"


def _alone(say: Say) -> AbstractContextManager[None]:
    """Hold the cluster's lock: systems have locks of their own, and share the cluster."""
    return locked(state.folder() / ".kind.lock", "the cluster of kind", say)


CLUSTERS: dict[Kind, Own] = {Kind.KIND: DockerKind(), Kind.LAB: Lab()}
