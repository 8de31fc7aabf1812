"""Machines without a cluster: network and mount namespaces in which labs connect their node, and nothing else runs."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.home import Home
from tests.style.sources import ROOT

SETUP = """set -eu
mount --make-rprivate /
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /run
if [ -d /var/lib/calico ]; then mount -t tmpfs tmpfs /var/lib/calico; fi
ip link set lo up
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

    def ip(self, *arguments: str) -> None:
        """Change the machine's links and routes."""
        done = self.run("ip", *arguments)
        assert done.returncode == 0, f"ip {' '.join(arguments)}: {done.stderr}"

    def asked(self, *arguments: str) -> list[dict[str, Any]]:
        """What `ip` says of the machine."""
        found: list[dict[str, Any]] = json.loads(self.run("ip", "-json", *arguments).stdout or "[]")
        return found

    def python(self, code: str, home: Home | None = None) -> subprocess.CompletedProcess[str]:
        """Run code there, which finds the lab's modules imported and its folder as `home`."""
        imported = "from lab import links, network, preflight; from lab.home import Home; home = Home.here()"
        return self.run(sys.executable, "-c", f"{imported}\n{code}", home=home)

    def connect(self, home: Home | None = None) -> None:
        """Do what `lab up` does with the network."""
        done = self.python("network.connect(home)", home)
        assert done.returncode == 0, f"the node is not connected: {done.stderr}"

    def down(self, home: Home | None = None) -> subprocess.CompletedProcess[str]:
        """Type `lab down`."""
        return self.run(sys.executable, "-m", "lab", "down", home=home)

    @property
    def links(self) -> set[str]:
        """The names of all links."""
        return {one["ifname"] for one in self.asked("link")}


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
