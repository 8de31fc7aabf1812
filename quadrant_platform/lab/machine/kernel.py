"""What the lab needs of the kernel, tried out of the way: in network namespaces that end with the trial."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from quadrant_platform.documents.problems import Problem
from quadrant_platform.lab.machine.network_plan import METADATA_RULE

CONTROLLERS = ("cpu", "memory", "pids")
"""Controllers of cgroups without which the kubelet does not start."""
TRANSLATION = "add table inet lab_trial; add chain inet lab_trial x { type nat hook prerouting priority 0; }"
TRIALS = (
    (
        ("ip", "link", "add", "name", "lab-trial", "type", "bridge"),
        "network links of type bridge, by which pods are connected",
    ),
    (
        ("ip", "link", "add", "name", "lab-trial", "type", "veth", "peer", "name", "lab-trial-peer"),
        "network links of type veth, by which pods are connected",
    ),
    (
        ("ip", "rule", "add", *METADATA_RULE),
        "routing by the sender, by which pods alone reach the stand-in of the metadata service",
    ),
    (("nft", TRANSLATION), "nftables with address translation, by which Services work"),
)
"""Commands of packages that the lab installs itself where they are missing: nothing is tried without them."""
FILE_SYSTEMS = Path("/proc/filesystems")
OVERLAY = "the file system overlay, of which containers' roots are made"


def missing_features() -> Iterator[Problem]:
    """Yield what the lab needs of the kernel and it does not have."""
    yield from _overlay()
    controllers = _controllers()
    yield from (_lack(f"the cgroup controller {name}") for name in CONTROLLERS if name not in controllers)
    for command, feature in TRIALS:
        if shutil.which(command[0]) and not _succeeds("unshare", "--net", *command):
            yield _lack(feature)


def _overlay() -> Iterator[Problem]:
    if "overlay" in FILE_SYSTEMS.read_text("ascii").split():
        return
    if shutil.which("modprobe") is None:
        yield Problem(("modprobe",), f"is not on PATH, and loads {OVERLAY}", "install it: apt-get install kmod")
    elif not _succeeds("modprobe", "overlay"):
        yield _lack(OVERLAY)


def _lack(feature: str) -> Problem:
    return Problem(("kernel",), f"lacks {feature}", "load the module, or set KUBECONFIG to use another cluster")


def _controllers() -> set[str]:
    with suppress(OSError):
        return set(Path("/sys/fs/cgroup/cgroup.controllers").read_text("ascii").split())
    rows = (line.split() for line in Path("/proc/cgroups").read_text("ascii").splitlines()[1:])
    return {name for name, hierarchy, _, enabled in rows if enabled == "1" and hierarchy != "0"}


def _succeeds(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False
