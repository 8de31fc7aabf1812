"""Commands of the machine's own packages: some may be missing, on others a run depends."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Sequence

from quadrant_platform.documents.problems import BadInput, Problem

REMEDY = "`lab down`, then `lab up`, starts afresh; if it fails again, run the command yourself"
FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")
"""Where root's commands are; `su` without a dash leaves them out of PATH."""


def extend_path() -> None:
    """Let this process, and all that it starts, find root's commands."""
    places = os.environ.get("PATH", os.defpath).split(os.pathsep)
    os.environ["PATH"] = os.pathsep.join((*places, *(folder for folder in FOLDERS if folder not in places)))


def output_of(command: Sequence[str], stdin: str | None = None) -> str:
    """Return what a command prints, also where it fails; nothing where there is no such command."""
    try:
        return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False).stdout
    except OSError:
        return ""


def run_checked(command: Sequence[str], stdin: str | None = None) -> None:
    """Run a command; BadInput, with its own error message, where it fails or is missing."""
    try:
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
    except OSError as error:
        raise BadInput([Problem((command[0],), f"cannot be run: {error}", REMEDY)]) from error
    if done.returncode != 0:
        what = f"`{shlex.join(command)}` failed, and pods need it: {done.stderr.strip() or f'code {done.returncode}'}"
        raise BadInput([Problem((command[0],), what, REMEDY)])


def ip(*arguments: str) -> None:
    """Change links, addresses, routes or namespaces; BadInput where the machine refuses."""
    run_checked(["ip", *arguments])
