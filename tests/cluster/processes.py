"""Processes of pods, seen from the machine that the node runs on."""

import os
import signal
from pathlib import Path

from tests.cluster.cluster import Cluster


def find(cluster: Cluster, namespace: str, pod: str, program: str) -> list[int]:
    """The processes of a program in a pod, oldest first; none where the pod runs on another machine."""
    uid = cluster.one("pod", namespace, pod)["metadata"]["uid"]
    return sorted(int(entry.name) for entry in Path("/proc").glob("[0-9]*") if _is(entry, uid, program))


def kill(process: int) -> None:
    """End a process with signal 9, which it cannot handle."""
    os.kill(process, signal.SIGKILL)


def _is(entry: Path, uid: str, program: str) -> bool:
    try:
        # Drivers of control groups write the pod's uid with dashes or underscores.
        group = (entry / "cgroup").read_text().replace("_", "-")
        return uid in group and (entry / "comm").read_text().strip() == program
    except OSError:
        return False
