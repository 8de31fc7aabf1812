"""Commands of the machine's own packages: asked where they may be missing, ordered where a run depends on them."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Sequence

from quadrant_platform.documents.problems import BadInput, Problem

REMEDY = "`lab down`, then `lab up`, begins anew; if it fails again, run the command yourself"
FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")
"""Where root's commands are; `su` without a dash leaves them out of PATH."""


def find_all() -> None:
    """Let this process, and all that it starts, find root's commands."""
    places = os.environ.get("PATH", os.defpath).split(os.pathsep)
    os.environ["PATH"] = os.pathsep.join((*places, *(folder for folder in FOLDERS if folder not in places)))


def ask(command: Sequence[str], given: str | None = None) -> str:
    """Return what a command prints, whatever comes of it; nothing where there is no such command."""
    try:
        return subprocess.run(command, input=given, capture_output=True, text=True, check=False).stdout
    except OSError:
        return ""


def order(command: Sequence[str], given: str | None = None) -> None:
    """Run a command; BadInput, with what it wrote, where it fails or is not there."""
    try:
        done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    except OSError as error:
        raise BadInput([Problem((command[0],), f"cannot be run: {error}", REMEDY)]) from error
    if done.returncode != 0:
        what = f"`{shlex.join(command)}` failed, and pods need it: {done.stderr.strip() or f'code {done.returncode}'}"
        raise BadInput([Problem((command[0],), what, REMEDY)])


def ip(*arguments: str) -> None:
    """Change links, addresses, routes or namespaces; BadInput where the machine refuses."""
    order(["ip", *arguments])
