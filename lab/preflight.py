"""Why a machine cannot run the lab, found before anything on it is changed."""

from __future__ import annotations

import os
import platform
import shutil
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from lab import addons, control_plane, network, node, plan, teardown
from lab.build import debian, images
from lab.home import Home
from model.errors import BadInput, Problem

MEMORY = 3_500
"""Megabytes that the cluster and one system take together."""
DISK = 4_000
"""Megabytes of images that the node unpacks, and of volumes."""
PLATFORM = ("Linux", "x86_64")


@dataclass(frozen=True)
class Machine:
    """What the lab needs to know of a machine."""

    platform: tuple[str, str]
    root: bool
    memory: int
    """Free megabytes."""
    disk: int
    """Free megabytes where the lab's state goes."""
    taken: tuple[tuple[int, str], ...]
    """Ports of loopback that somebody else listens on, and what they are for."""
    foreign: tuple[str, ...]
    """What another Kubernetes node on this machine has, and the lab would need for itself."""
    leftover: bool
    """Whether an earlier run is there whose processes have ended."""
    running: bool
    builds: tuple[Problem, ...] = ()
    """Why programs and images that are missing could not be made."""


def check(home: Home) -> None:
    """Raise BadInput with every reason why the lab could not come up here."""
    if found := tuple(problems(look(home))):
        raise BadInput(found)


def problems(machine: Machine) -> Iterator[Problem]:
    """Yield what stands in the way."""
    if machine.platform != PLATFORM:
        yield Problem(
            ("machine",), f"is {' '.join(machine.platform)}, and the lab needs Linux on x86_64", "set KUBECONFIG"
        )
    if not machine.root:
        yield Problem(("user",), "is not root, who makes network namespaces and runs pods", "run it with sudo")
    if machine.running:
        return
    if machine.memory < MEMORY:
        what = f"has {machine.memory} MB free, and the lab with one system takes {MEMORY}"
        yield Problem(("memory",), what, "end what is not needed, or set KUBECONFIG to another cluster")
    if machine.disk < DISK:
        what = f"has {machine.disk} MB free, and the lab with one system takes {DISK}"
        yield Problem(("disk",), what, "free some, or set QUADRANT_LAB_HOME to a folder on a larger one")
    for port, purpose in machine.taken:
        remedy = f"end it (`ss -ltnp 'sport = :{port}'` names it)" + _other(purpose)
        yield Problem((f"port {port}",), f"of loopback is taken, and {purpose} needs it", remedy)
    for what in machine.foreign:
        yield Problem(("machine",), f"has {what}, of another Kubernetes node", "use that cluster: set KUBECONFIG")
    yield from machine.builds


def _other(purpose: str) -> str:
    return (
        f", or choose another with {purpose.rsplit(maxsplit=1)[-1]}" if purpose.startswith("the public entry") else ""
    )


def look(home: Home) -> Machine:
    """Look at this machine, without changing it."""
    ours = any(home.state.glob("daemons/*.json"))
    return Machine(
        platform=(platform.system(), platform.machine()),
        root=os.geteuid() == 0,
        memory=_memory(),
        disk=shutil.disk_usage(_existing(home.state)).free // 1_000_000,
        taken=() if ours else tuple(_taken()),
        foreign=() if ours else tuple(_foreign()),
        leftover=ours,
        running=ours,
        builds=tuple(_builds(home)),
    )


def _builds(home: Home) -> Iterator[Problem]:
    names = (*node.IMAGES, *addons.IMAGES)
    yield from debian.problems(debian.missing())
    yield from images.problems(names, home, (*control_plane.PROGRAMS, *node.PROGRAMS))


def _taken() -> Iterator[tuple[int, str]]:
    doors = plan.Doors.here()
    public = {doors.http: "the public entry, LAB_HTTP_PORT", doors.https: "the public entry, LAB_HTTPS_PORT"}
    for port, purpose in (control_plane.PORTS | node.PORTS | public).items():
        with closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                yield port, purpose


def _foreign() -> Iterator[str]:
    if os.geteuid() == 0 and shutil.which("nft"):
        yield from (
            f"nftables table {' '.join(table)}" for table in network.PROXY_TABLES if " ".join(table) in network.tables()
        )
    yield from (f"cgroup {place}" for place in teardown.pod_cgroups()[-1:])


def _memory() -> int:
    lines = Path("/proc/meminfo").read_text("ascii").splitlines()
    return next(int(line.split()[1]) // 1000 for line in lines if line.startswith("MemAvailable:"))


def _existing(place: Path) -> Path:
    return next(folder for folder in (place, *place.parents) if folder.exists())
