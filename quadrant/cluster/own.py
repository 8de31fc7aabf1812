"""The clusters that Quadrant makes itself: kind, where Docker is, else the lab."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Protocol

from model.errors import BadInput, Problem
from quadrant.cluster.target import Kind

Say = Callable[[str], None]
NAME = "quadrant"
"""What kind calls our cluster."""


class Own(Protocol):
    """A cluster that we start and stop."""

    @property
    def port(self) -> int | None:
        """The port of the public entry on loopback; None where somebody has to forward it."""

    def up(self, kubeconfig: Path, say: Say) -> None:
        """Start it, or go on with a start that was interrupted, and write its kubeconfig."""

    def down(self, kubeconfig: Path, say: Say) -> None:
        """Remove it."""

    def load(self, images: Collection[str], say: Say) -> None:
        """Bring images to its node that no registry has."""


class DockerKind:
    """A cluster of kind."""

    port: int | None = None

    def up(self, kubeconfig: Path, say: Say) -> None:
        """Create it, unless it is there."""
        if NAME in _kind("get", "clusters").split():
            _kind("export", "kubeconfig", "--name", NAME, "--kubeconfig", str(kubeconfig))
            return
        say("creating a cluster with kind; its image is pulled first")
        _kind("create", "cluster", "--name", NAME, "--kubeconfig", str(kubeconfig), "--wait", "180s")

    def down(self, kubeconfig: Path, say: Say) -> None:
        """Delete it."""
        say("deleting the cluster of kind")
        _kind("delete", "cluster", "--name", NAME, "--kubeconfig", str(kubeconfig))
        kubeconfig.unlink(missing_ok=True)

    def load(self, images: Collection[str], say: Say) -> None:
        """Leave pulling to the node."""


def _kind(*arguments: str) -> str:
    done = subprocess.run(["kind", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        what = f"kind {' '.join(arguments[:2])} failed: {done.stderr.strip()}"
        raise BadInput([Problem((), what, "run it by hand for the whole story, or set KUBECONFIG")])
    return done.stdout


CLUSTERS: dict[Kind, Own] = {Kind.KIND: DockerKind()}
