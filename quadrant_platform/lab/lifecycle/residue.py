"""What a run of the lab has on this machine, and nothing of others: processes, mounts, cgroups, links, rules, files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from quadrant_platform.lab.kubernetes import node_settings
from quadrant_platform.lab.machine import daemons
from quadrant_platform.lab.machine.daemons import TrackedProcess
from quadrant_platform.lab.machine.home import Home
from quadrant_platform.lab.network import links, node_network

CGROUPS = Path("/sys/fs/cgroup")
MOUNTS = Path("/proc/self/mounts")
"""Read directly: psutil lists /etc/mtab, which need not be this list."""
PODS = "kubepods"
FELIX = Path("/run/calico")
"""Where Felix mounts the second version of cgroups, whether it uses them or not."""
MODULES = ("quadrant_platform.lab.network.internet", "quadrant_platform.lab.network.load_balancer")


def remaining(home: Home) -> Iterator[str]:
    """Describe every process, mount, cgroup, link, namespace, rule and file of a run on this machine."""
    yield from (f"process {one.pid}: {' '.join(one.command)[:100]}" for one in processes(home))
    yield from (f"mount {place}" for place in mounts(home))
    yield from (f"cgroup {place}" for place in (*pod_cgroups(home), *empty_roots()))
    if is_present(home):
        yield from node_network.remaining(home)
    if home.state.exists():
        yield f"folder {home.state}"


def is_present(home: Home) -> bool:
    """Return whether a run left anything that distinguishes its other traces from another Kubernetes node's."""
    return home.state.exists() or bool(links.of_node(home))


def processes(home: Home) -> list[TrackedProcess]:
    """Return the processes of a run: its parts, also those that are not on record, and what runs in its pods."""
    found = {one.pid: one for one in (*_parts(home), *pods(home))}
    return [one for pid, one in found.items() if pid != os.getpid()]


def pods(home: Home) -> Iterator[TrackedProcess]:
    """Yield the shims of the run's containerd, and everything that they started."""
    shims = daemons.with_argument(str(node_settings.socket(home)))
    yield from (shim for shim in shims if "containerd-shim" in shim.command[0])
    for place in pod_cgroups(home):
        for pid in members(place):
            started = daemons.start_time(pid)
            if started is not None:
                yield TrackedProcess(pid, started, (f"in {place.name}",))


def _parts(home: Home) -> Iterator[TrackedProcess]:
    """Yield processes that run our programs and name the run's folder: others may borrow the programs."""
    for name in daemons.names(home):
        if process := daemons.running(home, name):
            yield process
    state = f"{home.state}{os.sep}"
    for process in daemons.all_processes():
        if any(state in part for part in process.command) and _is_part(process, home):
            yield process


def _is_part(process: TrackedProcess, home: Home) -> bool:
    if any(part in MODULES for part in process.command):
        return True
    with suppress(psutil.Error):
        program = Path(psutil.Process(process.pid).exe())
        return home.bin in program.parents or program.name == "containerd"
    return False


def mounts(home: Home) -> list[str]:
    """Return the mounts under the run's folder and Felix's own, the innermost first."""
    folders = (home.state, FELIX) if is_present(home) else (home.state,)
    lines = MOUNTS.read_text("utf-8", "surrogateescape").split("\n")[:-1]
    places = [_unescaped(line.split(" ")[1]) for line in lines]
    return sorted((place for place in places if any(map(Path(place).is_relative_to, folders))), reverse=True)


def _unescaped(place: str) -> str:
    """Return a path as it is; the kernel writes blanks as octal numbers, and other letters as they are."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), place)


def pod_cgroups(home: Home) -> list[Path]:
    """Return the cgroups of the run's pods in every hierarchy, the innermost first.

    Another kubelet's pods have cgroups beside them: ours are those whose pods have a folder in the run's.
    """
    ours = {f"pod{uid}" for uid in _uids(home)}
    tops = (top for root in roots() for pattern in ("pod*", "*/pod*") for top in root.glob(pattern) if top.name in ours)
    return sorted({path for top in tops for path in (top, *top.rglob("*")) if path.is_dir()}, reverse=True)


def _uids(home: Home) -> Iterator[str]:
    """Yield the identities of all pods that the kubelet has or had."""
    with suppress(OSError):
        yield from (folder.name for folder in (home.state / "kubelet" / "pods").iterdir())
    with suppress(OSError):
        yield from (folder.name.rpartition("_")[2] for folder in (home.state / "pod-logs").iterdir())


def roots() -> list[Path]:
    """Return the cgroups under which kubelets put their pods, in every hierarchy."""
    places = {place.resolve() for place in (CGROUPS, *CGROUPS.glob("*")) if (place / PODS).is_dir()}
    return sorted(place / PODS for place in places)


def empty_roots() -> list[Path]:
    """Return those of the roots, and of what is in them, that have no process any more, the innermost first."""
    return [
        place
        for root in roots()
        if not any(members(inner) for inner in (root, *root.rglob("*")))
        for place in sorted((root, *(inner for inner in root.rglob("*") if inner.is_dir())), reverse=True)
    ]


def members(cgroup: Path) -> list[int]:
    """Return the processes of a cgroup, which may end at any moment."""
    with suppress(OSError):
        return [int(pid) for pid in (cgroup / "cgroup.procs").read_text("ascii").split()]
    return []
