"""The end of a run: processes, pods, mounts, links, rules, cgroups, files."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from quadrant_platform.lab.lifecycle import residue
from quadrant_platform.lab.machine import daemons
from quadrant_platform.lab.machine.home import Home
from quadrant_platform.lab.network import node_network

RUNTIME = "containerd"
SHIM_SOCKETS = Path("/run/containerd")
FELIX_FILES = Path("/var/lib/calico")
CONTAINER_LOGS = Path("/var/log/containers")
PATIENCE = 5.0


def tear_down(home: Home) -> list[str]:
    """End a run, however far it came, and return descriptions of what remains of it; empty where nothing does."""
    if residue.is_present(home):
        _kill(home)
        _unmount(home)
        node_network.disconnect(home)
        _remove_cgroups(home)
        _remove_files(home)
    return list(residue.remaining(home))


def _kill(home: Home) -> None:
    """Kill all processes at once, and those that they were just starting; no data survives that would need saving."""
    for _ in range(3):
        found = residue.processes(home)
        for process in found:
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        daemons.wait_for_exit(found, PATIENCE)


def _unmount(home: Home) -> None:
    for _ in range(3):
        for place in residue.mounts(home):
            subprocess.run(["umount", "--lazy", place], capture_output=True, check=False)


def _remove_cgroups(home: Home) -> None:
    """Remove the pods' cgroups, which the kernel empties in its own time, and their parents where these are empty."""
    until = time.monotonic() + PATIENCE
    while (found := [*residue.pod_cgroups(home), *residue.empty_roots()]) and time.monotonic() < until:
        for place in found:
            with suppress(OSError):
                place.rmdir()


def _remove_files(home: Home) -> None:
    """Remove the run's folder, and what its programs write elsewhere in spite of their settings."""
    with suppress(OSError):
        for link in CONTAINER_LOGS.iterdir():
            if link.is_symlink() and link.readlink().is_relative_to(home.state):
                link.unlink()
    if not any(Path(one.command[0]).name == RUNTIME for one in daemons.all_processes()):
        shutil.rmtree(SHIM_SOCKETS / "s", ignore_errors=True)
    _remove_felix()
    if not residue.mounts(home):
        shutil.rmtree(home.state, ignore_errors=True)


def _remove_felix() -> None:
    for name in ("mtu", "nodename"):
        (FELIX_FILES / name).unlink(missing_ok=True)
    for folder in (FELIX_FILES, residue.FELIX / "cgroup", residue.FELIX):
        with suppress(OSError):
            folder.rmdir()
