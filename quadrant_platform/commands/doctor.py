"""`quadrant doctor`: the programs and resources of this machine, and what each lack costs."""

import os
import platform
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

import psutil
from rich.table import Table

from quadrant_platform.commands.console import Format, show, show_json
from quadrant_platform.commands.options import OutputFormat

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


def command(output: OutputFormat = Format.TEXT) -> None:
    """List what this machine has and lacks, and what each lack costs; always exit code 0."""
    found = capabilities()
    if output is Format.JSON:
        show_json([one._asdict() for one in found])
        return
    table = Table("", "what", "found", "without it", box=None, pad_edge=False)
    for one in found:
        table.add_row("ok" if one.present else "--", one.what, one.found, one.cost)
    show(table)


def capabilities() -> list[Capability]:
    """Return all of them in the order in which a newcomer needs them."""
    version = platform.python_version()
    tools = [_tool(name, cost) for name, cost in TOOLS.items()]
    return [
        _check("Python 3.11", sys.version_info >= (3, 11), version, "nothing of Quadrant runs"),
        _check("virtual environment", sys.prefix != sys.base_prefix, sys.prefix, "packages may clash; `make setup`"),
        *tools,
        _check("root", os.geteuid() == 0, f"user {os.geteuid()}", "the one-node cluster cannot start pods"),
        _amount("memory", psutil.virtual_memory().available, MEMORY),
        _amount("disk", shutil.disk_usage(Path.cwd()).free, DISK),
    ]


def _check(what: str, present: bool, found: str, cost: str) -> Capability:
    return Capability(what, present, found, "" if present else cost)


def _tool(name: str, cost: str) -> Capability:
    path = shutil.which(name)
    return _check(name, path is not None, path or "not on PATH", cost)


def _amount(what: str, free: int, wanted: int) -> Capability:
    cost = f"the one-node cluster wants {wanted} GiB and may evict pods"
    return _check(f"{what} {wanted} GiB", free >= wanted * GIB, f"{free / GIB:.1f} GiB free", cost)
