"""The end of a run: processes, pods, mounts, cgroups, links and rules; and the check that nothing of it is left."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from lab import daemons, network, node
from lab.daemons import Process
from lab.home import Home

CGROUPS = Path("/sys/fs/cgroup")
PODS = "kubepods"
SHIM_SOCKETS = Path("/run/containerd")
CONTAINER_LOGS = Path("/var/log/containers")
PATIENCE = 5.0


def tear_down(home: Home) -> list[str]:
    """End a run, however far it came, and return what is left of it, in words; empty where nothing is."""
    for name in sorted(daemons.names(home), key=lambda name: name == "containerd"):
        if name != "containerd":
            daemons.stop(home, name)
    _kill(list(_pods(home)))
    daemons.stop(home, "containerd")
    _kill(list(_of_lab(home)))
    for _ in range(3):
        _unmount(home)
    network.disconnect(home)
    _remove_cgroups()
    _remove_files(home)
    return list(left(home))


def left(home: Home) -> Iterator[str]:
    """Yield, in words, every process, mount, cgroup, link, namespace, rule and file of a run on this machine."""
    yield from (f"process {one.pid}: {' '.join(one.command)[:100]}" for one in _of_lab(home))
    yield from (f"mount {place}" for place in _mounts(home))
    yield from (f"cgroup {place}" for place in pod_cgroups())
    yield from network.left()
    if home.state.exists():
        yield f"folder {home.state}"


def _pods(home: Home) -> Iterator[Process]:
    """Yield the shims of our containerd, and everything that they started."""
    shims = list(daemons.of_command(str(node.socket(home))))
    yield from (shim for shim in shims if "containerd-shim" in shim.command[0])
    for place in pod_cgroups():
        for pid in (place / "cgroup.procs").read_text("ascii").split():
            started = daemons.start_time(int(pid))
            if started is not None:
                yield Process(int(pid), started, ())


def _of_lab(home: Home) -> Iterator[Process]:
    """Yield the processes that run one of our programs, or serve our containerd, or run in a pod."""
    yield from _pods(home)
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            pid = int(entry.name)
            program = (entry / "exe").readlink()
            started = daemons.start_time(pid)
            if home.bin in program.parents and started is not None and pid != os.getpid() and _is_daemon(entry, home):
                yield Process(pid, started, (str(program),))


def _is_daemon(entry: Path, home: Home) -> bool:
    """Whether a process of our programs belongs to this run, and not to somebody who borrows them."""
    return str(home.state).encode() in (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()


def _kill(processes: list[Process]) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
    daemons.wait_gone(processes, PATIENCE)


def _mounts(home: Home) -> list[str]:
    """Return the mounts under the run's folder, the innermost first."""
    lines = Path("/proc/self/mounts").read_text("utf-8").splitlines()
    places = [line.split()[1].encode().decode("unicode_escape") for line in lines]
    return sorted((place for place in places if Path(place).is_relative_to(home.state)), reverse=True)


def _unmount(home: Home) -> None:
    for place in _mounts(home):
        subprocess.run(["umount", "--lazy", place], capture_output=True, check=False)


def pod_cgroups() -> list[Path]:
    """Return the cgroups of pods in every hierarchy, the innermost first."""
    roots = [place / PODS for place in (CGROUPS, *CGROUPS.glob("*")) if (place / PODS).is_dir()]
    found = {root for root in roots if not root.is_symlink()}
    return sorted({path for root in found for path in (root, *root.rglob("*")) if path.is_dir()}, reverse=True)


def _remove_cgroups() -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and (found := pod_cgroups()):
        for place in found:
            with suppress(OSError):
                place.rmdir()


def _remove_files(home: Home) -> None:
    with suppress(OSError):
        for link in CONTAINER_LOGS.iterdir():
            if link.is_symlink() and link.readlink().is_relative_to(home.state):
                link.unlink()
    if not any(Path(one.command[0]).name == "containerd" for one in daemons.of_command("containerd")):
        shutil.rmtree(SHIM_SOCKETS / "s", ignore_errors=True)
    if not _mounts(home):
        shutil.rmtree(home.state, ignore_errors=True)
