"""Which cluster a stack goes to, decided from facts alone: one that the user names, else kind, else the lab."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from quadrant_platform.documents.problems import BadInput, Problem

KUBECONFIG, CONTEXT = "quadrant:kubeconfig", "quadrant:context"
_LONGEST = 60
"""How much of a context's name a file's name repeats."""


class ClusterType(StrEnum):
    """Whose cluster it is; Quadrant makes and removes the last two."""

    FOREIGN = "cluster"
    KIND = "kind"
    LAB = "lab"


@dataclass(frozen=True, slots=True)
class HostFacts:
    """What the choice depends on."""

    kubeconfig: str | None
    """KUBECONFIG of the environment."""
    docker: bool
    """Whether its daemon answers."""
    kind: bool
    """Whether the executable is on PATH."""
    lab_kubeconfig: Path
    kind_kubeconfig: Path
    home: Path


@dataclass(frozen=True, slots=True)
class ClusterTarget:
    """A cluster, and why it was taken."""

    kind: ClusterType
    kubeconfig: Path
    context: str | None
    reason: str
    adopt: bool = False
    """Whether it comes from the environment, so that `up` writes it into the stack's file."""

    @property
    def settings(self) -> dict[str, str]:
        """The stack's settings that name it."""
        return {KUBECONFIG: str(self.kubeconfig)} | ({CONTEXT: self.context} if self.context else {})

    def label(self, context: str) -> str:
        """Return what tells the cluster from others in a file's name, given the context that is in use."""
        if self.kind is not ClusterType.FOREIGN:
            return str(self.kind)
        # Two kubeconfigs may call different clusters the same, and a context may have signs that no file can.
        digest = hashlib.sha256(f"{self.kubeconfig}\n{context}".encode()).hexdigest()[:8]
        return f"{re.sub(r'[^A-Za-z0-9-]+', '-', context)[:_LONGEST]}-{digest}"


def choose(config: Mapping[str, str], machine: HostFacts) -> ClusterTarget:
    """Return where a stack with this configuration goes; BadInput where the environment is ambiguous."""
    context = config.get(CONTEXT)
    if KUBECONFIG in config:
        file = _path(config[KUBECONFIG], machine)
        return _named(file, context, f"the stack's {KUBECONFIG} names {file}{_unused(file, machine)}", machine)
    if context is not None:
        file = _environments(machine) or machine.home / ".kube" / "config"
        return _named(file, context, f"the stack's {CONTEXT} names {context}, in {file}", machine)
    if (found := _environments(machine)) is not None:
        return _named(found, None, f"KUBECONFIG names {found}", machine, adopt=True)
    if machine.docker and machine.kind:
        return ClusterTarget(
            ClusterType.KIND, machine.kind_kubeconfig, None, "no KUBECONFIG, and Docker and kind are here"
        )
    lacking = "kind is not on PATH" if machine.docker else "no Docker daemon answers"
    return ClusterTarget(ClusterType.LAB, machine.lab_kubeconfig, None, f"no KUBECONFIG, and {lacking}")


def _named(file: Path, context: str | None, reason: str, machine: HostFacts, *, adopt: bool = False) -> ClusterTarget:
    """Return the target of a kubeconfig; ours stay ours, however they are named."""
    if file == machine.lab_kubeconfig:
        return ClusterTarget(ClusterType.LAB, file, None, reason)
    if file == machine.kind_kubeconfig:
        return ClusterTarget(ClusterType.KIND, file, None, reason)
    return ClusterTarget(ClusterType.FOREIGN, file, context, reason, adopt)


def _environments(machine: HostFacts) -> Path | None:
    if not machine.kubeconfig:
        return None
    files = [part for part in machine.kubeconfig.split(os.pathsep) if part]
    if len(files) != 1:
        what = f"KUBECONFIG names {len(files)} files, and a stack has one"
        raise BadInput([Problem((), what, f"name one file, or set {KUBECONFIG} and {CONTEXT} in the stack's file")])
    return _path(files[0], machine)


def _path(text: str, machine: HostFacts) -> Path:
    written = Path(text)
    return machine.home.joinpath(*written.parts[1:]) if written.parts[:1] == ("~",) else Path(text).absolute()


def _unused(file: Path, machine: HostFacts) -> str:
    other = machine.kubeconfig and machine.kubeconfig != str(file)
    return f"; KUBECONFIG={machine.kubeconfig} is not used" if other else ""
