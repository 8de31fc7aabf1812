"""Packages that the lab needs on the machine itself, by their names in Debian and its descendants."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from lab.build.steps import Say, run
from lab.home import Home
from model.errors import BadInput, Problem

PACKAGES: dict[str, str] = {
    "containerd": "runs pods and imports images",
    "runc": "starts containers",
    "containernetworking-plugins": "host-local addresses and port maps of pods, in /usr/lib/cni",
    "nftables": "kube-proxy's rules",
    "iptables": "Felix's rules, through nftables",
    "ipset": "Felix's sets of addresses",
    "conntrack": "forgets connections whose endpoints are gone",
    "iproute2": "network namespaces and addresses",
    "mmdebstrap": "root filesystems of images",
}
"""What each package is for."""
APT = "apt-get"
QUIET = {"DEBIAN_FRONTEND": "noninteractive"}


def missing() -> tuple[str, ...]:
    """Return the packages that are not installed; all of them on a machine without dpkg."""
    if shutil.which("dpkg-query") is None:
        return tuple(PACKAGES)
    command = ["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\n", *PACKAGES]
    shown = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    installed = {line.split()[0] for line in shown.splitlines() if line.endswith(" installed")}
    return tuple(package for package in PACKAGES if package not in installed)


def problems(packages: Iterable[str]) -> tuple[Problem, ...]:
    """Return why `install` could not install these; empty where it can, or where there is nothing to do."""
    wanted = [package for package in packages if package]
    if not wanted:
        return ()
    purposes = "; ".join(f"{package} ({PACKAGES.get(package, 'asked for')})" for package in wanted)
    if shutil.which(APT) is None:
        return (Problem((APT,), f"is not on PATH, and the lab lacks {purposes}", "use Debian 12 or a descendant"),)
    if os.geteuid() != 0:
        remedy = f"run as root, or install them yourself: {APT} install {' '.join(wanted)}"
        return (Problem((APT,), f"needs root to install {purposes}", remedy),)
    return ()


def install(packages: Iterable[str], home: Home, say: Say) -> None:
    """Install packages without their recommendations; BadInput where the machine does not let us.

    The lists of packages are fetched first: old ones name files that the archive no longer has.
    """
    wanted = sorted(packages)
    if found := problems(wanted):
        raise BadInput(found)
    if not wanted:
        return
    say(f"Debian: installs {', '.join(wanted)}; takes about 20 s")
    log = home.logs / "debian.log"
    run("apt-get update", [APT, "update"], log, say, cwd=Path("/"), env=QUIET)
    command = [APT, "install", "--yes", "--no-install-recommends", *wanted]
    run("apt-get install", command, log, say, cwd=Path("/"), env=QUIET)
