"""Packages that the lab needs on the machine itself, by their names in Debian and its descendants."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.host.progress import Say
from quadrant_platform.lab.build.artifacts import run
from quadrant_platform.lab.build.failure import BuildFailed
from quadrant_platform.lab.machine.home import Home


@dataclass(frozen=True)
class Package:
    """What a package is for, and the programs on PATH and the files that the lab uses of it."""

    purpose: str
    parts: tuple[str, ...]


KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
PACKAGES: dict[str, Package] = {
    "containerd": Package("runs pods and imports images", ("containerd", "containerd-shim-runc-v2", "ctr")),
    "runc": Package("starts containers", ("runc",)),
    "containernetworking-plugins": Package(
        "host-local addresses and port maps of pods, in /usr/lib/cni",
        ("/usr/lib/cni/host-local", "/usr/lib/cni/portmap", "/usr/lib/cni/loopback"),
    ),
    "nftables": Package("kube-proxy's rules", ("nft",)),
    "iptables": Package("Felix's rules, through nftables", ("iptables", "iptables-nft-save", "iptables-nft-restore")),
    "ipset": Package("Felix's sets of addresses", ("ipset",)),
    "conntrack": Package("forgets connections whose endpoints are gone", ("conntrack",)),
    "iproute2": Package("network namespaces and addresses", ("ip",)),
    "mmdebstrap": Package("root filesystems of images", ("mmdebstrap",)),
    "debian-archive-keyring": Package("verifies Debian's packages for images", (KEYRING,)),
    "gpg": Package("shows mmdebstrap whether apt has Debian's keys", ("gpg",)),
}
APT = "apt-get"
PATIENCE = 300
"""Seconds that another run of apt may take: a young machine upgrades itself."""
PAUSE = 5.0
"""Seconds between two attempts to fetch lists."""
OPTIONS = ("-o", f"DPkg::Lock::Timeout={PATIENCE}")
UNCACHED = ("-o", "Dir::Cache::pkgcache=", "-o", "Dir::Cache::srcpkgcache=")
"""Keeps a trial from writing the cache of lists."""
LISTS_LOCK = "lists/lock"
QUIET = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
OFFLINE = {**QUIET, "SYSTEMD_OFFLINE": "1"}
"""Packages' scripts start no service: containerd's would outlive the lab, which runs a containerd of its own."""
BOOTED = Path("/run/systemd/system")
"""A folder that exists where systemd runs the machine."""
UNKNOWN = re.compile(r"Unable to locate package (\S+)|Package '(\S+)' has no installation candidate")
REMOVED = re.compile(r"^Remv (\S+)", re.MULTILINE)
UNMET = re.compile(r"^ (\S+ : .+)$", re.MULTILINE)
FAILURES = ("E:", "Err", "W:")
"""How apt's lines about failures begin."""


def missing() -> tuple[str, ...]:
    """Return the packages that are not installed, and whose parts no other package has.

    Docker's package of containerd has runc, too, and Debian's of these names would remove it and Docker.
    """
    absent = [name for name, package in PACKAGES.items() if not all(map(_there, package.parts))]
    installed = _installed(absent)
    return tuple(name for name in absent if name not in installed)


def problems(packages: Iterable[str]) -> tuple[Problem, ...]:
    """Return why `install` could not install these; empty where it can, or where there is nothing to do."""
    wanted = [package for package in packages if package]
    if not wanted:
        return ()
    purposes = "; ".join(f"{name} ({PACKAGES[name].purpose if name in PACKAGES else 'asked for'})" for name in wanted)
    if shutil.which(APT) is None:
        return (Problem((APT,), f"is not on PATH, and the lab lacks {purposes}", "use Debian 12 or a descendant"),)
    if os.geteuid() != 0:
        remedy = f"run as root, or install them yourself: {APT} install {' '.join(wanted)}"
        return (Problem((APT,), f"needs root to install {purposes}", remedy),)
    return tuple(_conflicts(wanted, purposes))


def install(packages: Iterable[str], home: Home, say: Say) -> None:
    """Install packages without their recommendations, removing none; BadInput where the machine does not allow it.

    The lists of packages are fetched first: old ones name files that the archive no longer has. A source that fails
    need not be the one that has these packages: BuildFailed mentions it only where the installation fails, too.
    """
    wanted = sorted(packages)
    if found := problems(wanted):
        raise BadInput(found)
    if not wanted:
        return
    say(f"Debian: installing {', '.join(wanted)}; takes about 20 s, and {PATIENCE} s more while apt is busy elsewhere")
    lists, log = home.logs / "debian-update.log", home.logs / "debian.log"
    _update(lists, say)
    command = [APT, *OPTIONS, "install", "--yes", "--no-remove", "--no-install-recommends", *wanted]
    try:
        run("apt-get install", command, log, say, cwd=Path("/"), env=OFFLINE)
    except BuildFailed as failed:
        if before := _failures(lists):
            lines = [*before, f"whole log of the update: {lists}", *_failures(log)]
            raise BuildFailed("apt-get update, and apt-get install after it,", log, lines) from failed
        raise
    _disable_service(wanted)


def _there(part: str) -> bool:
    return Path(part).is_file() if part.startswith("/") else shutil.which(part) is not None


def _installed(packages: Sequence[str]) -> set[str]:
    if not packages or shutil.which("dpkg-query") is None:
        return set()
    command = ["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\n", *packages]
    shown = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return {line.split()[0] for line in shown.splitlines() if line.endswith(" installed")}


def _conflicts(wanted: Sequence[str], purposes: str) -> Iterator[Problem]:
    """Yield what else would be removed for these packages; lists that were never fetched show no conflict, and pass."""
    shown = _simulated(wanted)
    unknown = {one or other for one, other in UNKNOWN.findall(shown)}
    available = [name for name in wanted if name not in unknown]
    if unknown:
        shown = _simulated(available) if available else ""
    trial = f"{APT} install --simulate {' '.join(available)}"
    remedy = f"install their programs in another way, or clear the conflict, which `{trial}` shows"
    if removed := REMOVED.findall(shown):
        what = f"would have to remove {', '.join(removed)}, which the lab does not touch, to install {purposes}"
        yield Problem((APT,), what, remedy)
    elif "held broken packages" in shown and "is not installable" not in shown:
        what = f"finds no way to install {purposes}: {'; '.join(UNMET.findall(shown))}"
        yield Problem((APT,), what, remedy)


def _simulated(packages: Sequence[str]) -> str:
    """Return what apt-get would do; --no-remove would hide what it would remove."""
    command = [APT, *UNCACHED, "install", "--simulate", "--no-install-recommends", *packages]
    environment = {**os.environ, **QUIET}
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    return f"{done.stdout}\n{done.stderr}"


def _update(log: Path, say: Say) -> None:
    """Fetch as many lists of packages as possible; wait for another run that fetches them, as apt-get does not.

    What fails is in the log.
    """
    until = time.monotonic() + PATIENCE
    while True:
        with suppress(BuildFailed):
            run("apt-get update", [APT, *OPTIONS, "update"], log, say, cwd=Path("/"), env=QUIET)
            return
        if LISTS_LOCK not in log.read_text("utf-8") or time.monotonic() > until:
            return
        say("apt-get update: waits for another run that fetches the lists of packages")
        time.sleep(PAUSE)


def _failures(log: Path) -> list[str]:
    """Return the last failures in a log of apt's, few enough for a message to hold those of two logs."""
    return [line for line in log.read_text("utf-8").splitlines() if line.startswith(FAILURES)][-5:]


def _disable_service(wanted: Sequence[str]) -> None:
    """Keep the next boot from starting the package's service; a service that requires it starts it all the same."""
    if "containerd" in wanted and BOOTED.is_dir():
        command = ["systemctl", "--quiet", "disable", "containerd.service"]
        subprocess.run(command, capture_output=True, check=False)
