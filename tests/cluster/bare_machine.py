"""Machines without a cluster: network and mount namespaces in which labs connect their node, and nothing else runs."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quadrant_platform.lab.machine.home import Home
from tests.style.sources import ROOT

SETUP = """set -eu
mount --make-rprivate /
mount -t sysfs sysfs /sys
# The mounts of a lab outside below /run would still be listed, and be out of reach.
umount --lazy /run/calico/cgroup 2> /dev/null || true
mount -t tmpfs tmpfs /run
if [ -d /var/lib/calico ]; then mount -t tmpfs tmpfs /var/lib/calico; fi
ip link set lo up
# A namespace begins with what the first one has, and a lab may run there.
echo 0 > /proc/sys/net/ipv4/ip_forward
echo ready
read -r _"""


@dataclass(frozen=True)
class Bare:
    """A machine, by the process that holds it, and where labs on it are."""

    pid: int
    folder: Path

    def home(self, name: str = "lab") -> Home:
        """A lab's folder."""
        return Home(self.folder / name)

    def run(self, *command: str, home: Home | None = None) -> subprocess.CompletedProcess[str]:
        """What came of a command there."""
        environment = os.environ | {"QUADRANT_LAB_HOME": str((home or self.home()).root), "PYTHONPATH": str(ROOT)}
        enter = ["nsenter", f"--target={self.pid}", "--net", "--mount", *command]
        return subprocess.run(enter, env=environment, capture_output=True, text=True, check=False, cwd=ROOT)

    @property
    def forwards(self) -> bool:
        """Whether the machine is a router."""
        return self.run("cat", "/proc/sys/net/ipv4/ip_forward").stdout == "1\n"

    def host(self, name: str, net: str) -> str:
        """A host beyond the machine, which is its way to everywhere; returns its address, the second of its net."""
        link = f"to-{name}"
        self.ip("netns", "add", name)
        self.ip("link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", name)
        self.ip("address", "add", f"{net}.1/24", "dev", link)
        self.ip("link", "set", link, "up")
        self.ip("-n", name, "address", "add", f"{net}.2/24", "dev", "eth0")
        self.ip("-n", name, "link", "set", "eth0", "up")
        self.ip("-n", name, "route", "add", "default", "via", f"{net}.1")
        return f"{net}.2"

    def reaches(self, name: str, address: str) -> bool:
        """Whether an address answers such a host, if only by a refusal."""
        code = f"from tests.cluster.sockets import tcp; import asyncio; print(asyncio.run(tcp({address!r}, 9)))"
        done = self.run("ip", "netns", "exec", name, sys.executable, "-c", code)
        return done.stdout == "closed\n"

    def ip(self, *arguments: str) -> None:
        """Change the machine's links and routes."""
        done = self.run("ip", *arguments)
        assert done.returncode == 0, f"ip {' '.join(arguments)}: {done.stderr}"

    def asked(self, *arguments: str) -> list[dict[str, Any]]:
        """What `ip` shows of the machine."""
        found: list[dict[str, Any]] = json.loads(self.run("ip", "-json", *arguments).stdout or "[]")
        return found

    def python(self, code: str, home: Home | None = None) -> subprocess.CompletedProcess[str]:
        """Run code there, which finds the lab's modules imported and its folder as `home`."""
        imported = (
            "from quadrant_platform.lab.network import node_network, links;"
            "from quadrant_platform.lab.lifecycle import preflight;"
            "from quadrant_platform.lab.lifecycle.machine_state import inspect_machine;"
            "from quadrant_platform.lab.machine.home import Home; home = Home.here()"
        )
        return self.run(sys.executable, "-c", f"{imported}\n{code}", home=home)

    def connect(self, home: Home | None = None) -> None:
        """Do what `lab up` does with the network."""
        done = self.python("node_network.connect(home)", home)
        assert done.returncode == 0, f"the node is not connected: {done.stderr}"

    def down(self, home: Home | None = None) -> subprocess.CompletedProcess[str]:
        """Type `lab down`."""
        return self.run(sys.executable, "-m", "quadrant_platform.lab", "down", home=home)

    @property
    def links(self) -> set[str]:
        """The names of all links."""
        return {one["ifname"] for one in self.asked("link")}


def unable() -> str | None:
    """Why there can be no such machine; None where there can."""
    if os.geteuid() != 0:
        return "only root makes network namespaces"
    if shutil.which("nft") is None or shutil.which("ip") is None:
        return "the packages nftables and iproute2 come with the first `lab up`"
    return None


@contextmanager
def bare(folder: Path) -> Iterator[Bare]:
    """A machine that has a loopback and ends with the block."""
    command = ["unshare", "--net", "--mount", "bash", "-c", SETUP]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None, "it was opened as a pipe"
        assert process.stdout.readline() == "ready\n", "root may make a machine of its own"
        try:
            yield Bare(process.pid, folder)
        finally:
            process.kill()
