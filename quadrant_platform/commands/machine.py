"""What this machine has for a platform engineer, and what each lack costs."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

GIB = 1024**3
MEMORY, DISK = 4, 10
"""Gibibytes that the one-node cluster needs."""


class Capability(NamedTuple):
    """One thing that was looked for; `cost` is empty where it is there."""

    what: str
    present: bool
    found: str
    cost: str


TOOLS: dict[str, str] = {
    "git": "style checks of committed files and `make docs-check` are skipped",
    "make": "call the commands of the Makefile by hand",
    "go": "no independent analyzer of NetworkPolicies and no one-node cluster can be built",
    "dot": "no .svg diagrams; `quadrant diagram --out FILE.md` needs nothing (install graphviz)",
    "pulumi": "nothing can be deployed with Pulumi; preview, render and check work without it",
    "kubectl": "rendered files cannot be applied from here",
    "docker": "nothing: the one-node cluster needs no Docker",
    "kind": "nothing: the one-node cluster needs no kind",
    "containerd": "the one-node cluster builds its own, which takes minutes once",
}


def examine() -> list[Capability]:
    """Look for everything, in the order in which a newcomer needs it."""
    version = platform.python_version()
    tools = [_tool(name, cost) for name, cost in TOOLS.items()]
    return [
        _finding("Python 3.11", sys.version_info >= (3, 11), version, "nothing of Quadrant runs"),
        _finding("virtual environment", sys.prefix != sys.base_prefix, sys.prefix, "packages may clash; `make setup`"),
        *tools,
        _finding("root", os.geteuid() == 0, f"user {os.geteuid()}", "the one-node cluster cannot start pods"),
        _amount("memory", _memory(), MEMORY),
        _amount("disk", shutil.disk_usage(Path.cwd()).free, DISK),
    ]


def _finding(what: str, present: bool, found: str, cost: str) -> Capability:
    return Capability(what, present, found, "" if present else cost)


def _tool(name: str, cost: str) -> Capability:
    path = shutil.which(name)
    return _finding(name, path is not None, path or "not on PATH", cost)


def _amount(what: str, free: int, wanted: int) -> Capability:
    cost = f"the one-node cluster wants {wanted} GiB and may evict pods"
    return _finding(f"{what} {wanted} GiB", free >= wanted * GIB, f"{free / GIB:.1f} GiB free", cost)


def _memory() -> int:
    """Return the bytes that programs may still take; 0 where the system does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        available = dict(line.split(":", 1) for line in lines)["MemAvailable"]
    except (OSError, KeyError, ValueError):
        return 0
    return int(available.split()[0]) * 1024
