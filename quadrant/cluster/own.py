"""The clusters that Quadrant makes itself: kind, where Docker is, else the lab."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Collection
from typing import Protocol

from lab import cluster
from lab.build import images as archives
from lab.build.catalogue import SAMPLE
from lab.home import Home
from lab.plan import Doors
from model.errors import BadInput, Problem
from quadrant.cluster import state
from quadrant.cluster.target import Kind

Say = Callable[[str], None]
NAME = "quadrant"
"""What kind calls our cluster."""


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
    """A cluster of kind."""

    port: int | None = None

    def up(self, _: Collection[str], say: Say, /) -> None:
        """Create it, unless it is there."""
        if NAME in _kind("get", "clusters").split():
            _kind("export", "kubeconfig", "--name", NAME, "--kubeconfig", str(state.kind_kubeconfig()))
            return
        say("creating a cluster with kind; its image is pulled first")
        _kind("create", "cluster", "--name", NAME, "--kubeconfig", str(state.kind_kubeconfig()), "--wait", "180s")

    def down(self, say: Say) -> None:
        """Delete it."""
        say("deleting the cluster of kind")
        _kind("delete", "cluster", "--name", NAME, "--kubeconfig", str(state.kind_kubeconfig()))
        state.kind_kubeconfig().unlink(missing_ok=True)

    def load(self, images: Collection[str], say: Say) -> None:
        """Bring the stand-in; the node pulls the others."""
        for name, archive in archives.ensure([SAMPLE] if SAMPLE in images else [], Home.here(), say).items():
            say(f"loading {name}")
            _kind("load", "image-archive", str(archive), "--name", NAME)


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


def _kind(*arguments: str) -> str:
    done = subprocess.run(["kind", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        what = f"kind {' '.join(arguments[:2])} failed: {done.stderr.strip()}"
        raise BadInput([Problem((), what, "run it by hand for the whole story, or set KUBECONFIG")])
    return done.stdout


CLUSTERS: dict[Kind, Own] = {Kind.KIND: DockerKind(), Kind.LAB: Lab()}
