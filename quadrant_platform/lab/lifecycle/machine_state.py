"""The machine that the lab is to run on, as far as the lab depends on it; the inspection changes nothing."""

from __future__ import annotations

import os
import platform
import shutil
import socket
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path
from typing import NamedTuple

import psutil

from quadrant_platform.documents.problems import Problem
from quadrant_platform.lab.build import debian, image_builds
from quadrant_platform.lab.build.catalogue import IMAGES
from quadrant_platform.lab.build.image import normalised
from quadrant_platform.lab.build.requirements import MEGABYTE, nearest_folder
from quadrant_platform.lab.kubernetes import addons, control_plane, definitions, node
from quadrant_platform.lab.lifecycle import residue
from quadrant_platform.lab.machine import daemons, kernel, network_plan
from quadrant_platform.lab.machine.home import Home
from quadrant_platform.lab.network import links, packet_filters

LOOPBACK = "127.0.0.1"
ON_NODE = {6443: "kube-apiserver", 10250: "kubelet"}
"""Ports of the node's own address: a program that listens on all addresses occupies them there too."""
IP_FREEBIND = 15
"""From in.h: the node's address may not be there yet."""
NETWORKS = (
    f"{network_plan.NODE_ADDRESS}/32",
    network_plan.PODS,
    network_plan.SERVICES,
    *(f"{host.gateway}/24" for host in network_plan.EXTERNAL_HOSTS),
)


class RequiredPort(NamedTuple):
    """A port that the lab needs, and what for."""

    address: str
    number: int
    purpose: str


@dataclass(frozen=True)
class MachineState:
    """A machine, as far as the lab depends on it."""

    platform: tuple[str, str]
    root: bool
    memory: int
    """Free megabytes."""
    disk: int
    """Free megabytes where the lab's state goes."""
    taken: tuple[RequiredPort, ...] = ()
    """Ports on which another program listens."""
    routed: tuple[tuple[str, str], ...] = ()
    """Networks of the lab that are routed elsewhere, each with the link."""
    other_lab: Problem | None = None
    """The lab that runs here instead; it explains everything else that is in use."""
    link_conflict: Problem | None = None
    """Why the node's link cannot be made: there is one that this lab did not make."""
    foreign: tuple[str, ...] = ()
    """What another Kubernetes node on this machine has, and the lab would need for itself."""
    kernel: tuple[Problem, ...] = ()
    """What the lab needs of the kernel and it does not have yet."""
    running: bool = False
    """Whether processes of this lab run already."""
    builds: tuple[Problem, ...] = ()
    """Why programs and images that are missing could not be made."""


def inspect_machine(home: Home, wanted: Collection[str] = ()) -> MachineState:
    """Return the state of this machine, whose node is to have `wanted` images too."""
    alive = {name for name in daemons.names(home) if daemons.running(home, name)}
    root, recorded = os.geteuid() == 0, bool(daemons.names(home))
    return MachineState(
        platform=(platform.system(), platform.machine()),
        root=root,
        memory=psutil.virtual_memory().available // MEGABYTE,
        disk=shutil.disk_usage(nearest_folder(home.state)).free // MEGABYTE,
        taken=tuple(port for port in _ports(alive) if not _is_free(port)),
        routed=tuple(_routed(home)),
        other_lab=links.other_lab(home),
        link_conflict=links.conflict(home),
        foreign=() if recorded or not root else tuple(_foreign()),
        kernel=tuple(kernel.missing_features()) if root and not alive else (),
        running=bool(alive),
        builds=tuple(_builds(home, wanted)),
    )


def _ports(alive: set[str]) -> Iterator[RequiredPort]:
    """Yield the ports that the lab does not have yet."""
    wanted = {LOOPBACK: control_plane.PORTS | node.PORTS, network_plan.NODE_ADDRESS: ON_NODE}
    for address, ports in wanted.items():
        yield from (RequiredPort(address, port, name) for port, name in ports.items() if name not in alive)
    if "load-balancer" not in alive:
        entry = network_plan.EntryPorts.here()
        yield RequiredPort(LOOPBACK, entry.http, "the public entry (LAB_HTTP_PORT)")
        yield RequiredPort(LOOPBACK, entry.https, "the public entry (LAB_HTTPS_PORT)")


def _is_free(port: RequiredPort) -> bool:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.setsockopt(socket.IPPROTO_IP, IP_FREEBIND, 1)
        try:
            probe.bind((port.address, port.number))
        except OSError:
            return False
    return True


def _routed(home: Home) -> Iterator[tuple[str, str]]:
    """Yield the lab's networks to which the machine has a route of its own, other than the default one."""
    ours = links.of_run(home)
    for line in Path("/proc/net/route").read_text("ascii").splitlines()[1:]:
        link, target, _, _, _, _, _, mask = line.split()[:8]
        route = IPv4Network((_address(target), str(_address(mask))))
        for one in NETWORKS if route.prefixlen and link not in ours else ():
            if route.overlaps(IPv4Network(one, strict=False)):
                yield one, link


def _address(text: str) -> str:
    return socket.inet_ntoa(bytes.fromhex(text)[::-1])


def _foreign() -> Iterator[str]:
    if shutil.which("nft"):
        there = packet_filters.tables()
        yield from (f"nftables table {' '.join(one)}" for one in packet_filters.PROXY_TABLES if " ".join(one) in there)
    used = (root for root in residue.roots() if any(residue.members(inner) for inner in root.rglob("*")))
    yield from (f"pods in the cgroup {root}" for root in [*used][:1])


def _builds(home: Home, wanted: Collection[str]) -> Iterator[Problem]:
    """Yield why programs and images cannot be made; images that the lab never makes are reported when they are due."""
    yield from debian.problems(debian.missing())
    names = dict.fromkeys(normalised(name) for name in (*node.IMAGES, *addons.IMAGES, *sorted(wanted)))
    makeable = [name for name in names if name in IMAGES]
    yield from image_builds.problems(makeable, home, (*control_plane.PROGRAMS, *node.PROGRAMS))
    yield from definitions.problems(home, (definitions.CALICO, *definitions.SOURCES))
