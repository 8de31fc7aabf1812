"""Programs and resources of this machine, and what each lack costs."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

import psutil

GIB = 1024**3
MEMORY, DISK = 4, 10
"""Gibibytes that the one-node cluster needs."""


class Capability(NamedTuple):
    """A program or resource; `cost` is empty where it is present."""

    what: str
    present: bool
    found: str
    cost: str


TOOLS: dict[str, str] = {
    "git": "style checks of committed files and `make docs-check` are skipped",
    "make": "call the commands of the Makefile by hand",
    "go": "no independent analyzer of NetworkPolicies and no one-node cluster can be built",
    "dot": "no .svg diagrams; `quadrant diagram --out FILE.md` works without it (install graphviz)",
    "pulumi": "optional: kubectl applies in its place; preview, render and check need neither",
    "kubectl": "rendered files cannot be applied from here",
    "docker": "optional: kind is used where Docker and kind are present",
    "kind": "optional: the one-node cluster is used in its place",
    "containerd": "the one-node cluster builds its own, which takes minutes once",
}


def examine() -> list[Capability]:
    """Return all findings in the order in which a newcomer needs them."""
    version = platform.python_version()
    tools = [_tool(name, cost) for name, cost in TOOLS.items()]
    return [
        _finding("Python 3.11", sys.version_info >= (3, 11), version, "nothing of Quadrant runs"),
        _finding("virtual environment", sys.prefix != sys.base_prefix, sys.prefix, "packages may clash; `make setup`"),
        *tools,
        _finding("root", os.geteuid() == 0, f"user {os.geteuid()}", "the one-node cluster cannot start pods"),
        _amount("memory", psutil.virtual_memory().available, MEMORY),
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
