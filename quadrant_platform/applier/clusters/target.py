"""The cluster that a stack goes to, chosen from facts alone: one that the user names, else kind, else the lab."""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from quadrant_platform.applier.clusters import local_state
from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.host.checkout import ROOT
from quadrant_platform.lab.kubernetes import kubeconfig
from quadrant_platform.lab.machine.home import Home
from quadrant_platform.model.stack_file import CONTEXT, KUBECONFIG

SECONDS_TO_ANSWER = 5
_LONGEST = 60
"""Characters of a context's name that a file's name repeats."""


class ClusterType(StrEnum):
    """The type of a cluster; Quadrant makes and removes the last two."""

    FOREIGN = "cluster"
    KIND = "kind"
    LAB = "lab"

    @property
    def local(self) -> bool:
        """Whether Quadrant makes it on this machine."""
        return self is not ClusterType.FOREIGN


@dataclass(frozen=True, slots=True)
class HostFacts:
    """The facts on which the choice depends."""

    kubeconfig: str | None
    """The variable KUBECONFIG."""
    docker: bool
    """Whether Docker's daemon answers."""
    kind: bool
    """Whether kind is on PATH."""
    lab_kubeconfig: Path
    kind_kubeconfig: Path
    home: Path


@dataclass(frozen=True, slots=True)
class ClusterTarget:
    """A cluster, and why it was chosen."""

    type: ClusterType
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
        """Return the part of a file's name that distinguishes the cluster, given the context in use."""
        if self.type.local:
            return str(self.type)
        # Two kubeconfigs may give different clusters one name, and a context may have characters that a file may not.
        digest = hashlib.sha256(f"{self.kubeconfig}\n{context}".encode()).hexdigest()[:8]
        return f"{re.sub(r'[^A-Za-z0-9-]+', '-', context)[:_LONGEST]}-{digest}"


def choose(config: Mapping[str, str], facts: HostFacts) -> ClusterTarget:
    """Return the cluster of a stack with this configuration; BadInput where the environment is ambiguous."""
    context = config.get(CONTEXT)
    if KUBECONFIG in config:
        file = ROOT / _path(config[KUBECONFIG], facts)
        return _named(file, context, f"the stack's {KUBECONFIG} names {file}{_unused(file, facts)}", facts)
    if context is not None:
        file = _from_environment(facts) or facts.home / ".kube" / "config"
        return _named(file, context, f"the stack's {CONTEXT} names {context}, in {file}", facts)
    if (found := _from_environment(facts)) is not None:
        return _named(found, None, f"KUBECONFIG names {found}", facts, adopt=True)
    if facts.docker and facts.kind:
        return _named(facts.kind_kubeconfig, None, "no KUBECONFIG, and Docker and kind are here", facts)
    lacking = "kind is not on PATH" if facts.docker else "no Docker daemon answers"
    return _named(facts.lab_kubeconfig, None, f"no KUBECONFIG, and {lacking}", facts)


def _named(file: Path, context: str | None, reason: str, facts: HostFacts, *, adopt: bool = False) -> ClusterTarget:
    if file == facts.lab_kubeconfig:
        return ClusterTarget(ClusterType.LAB, file, None, reason)
    if file == facts.kind_kubeconfig:
        return ClusterTarget(ClusterType.KIND, file, None, reason)
    return ClusterTarget(ClusterType.FOREIGN, file, context, reason, adopt)


def _from_environment(facts: HostFacts) -> Path | None:
    if not facts.kubeconfig:
        return None
    files = [part for part in facts.kubeconfig.split(os.pathsep) if part]
    if len(files) != 1:
        what = f"KUBECONFIG names {len(files)} files, and a stack goes to one cluster"
        raise BadInput([Problem((), what, f"name one file, or set {KUBECONFIG} and {CONTEXT} in the stack's file")])
    return _path(files[0], facts).absolute()


def _path(text: str, facts: HostFacts) -> Path:
    written = Path(text)
    return facts.home.joinpath(*written.parts[1:]) if written.parts[:1] == ("~",) else written


def _unused(file: Path, facts: HostFacts) -> str:
    other = facts.kubeconfig and facts.kubeconfig != str(file)
    return f"; KUBECONFIG={facts.kubeconfig} is not used" if other else ""


def host_facts() -> HostFacts:
    """Return the facts of the environment and of PATH."""
    return HostFacts(
        kubeconfig=os.environ.get("KUBECONFIG"),
        docker=_docker_answers(),
        kind=shutil.which("kind") is not None,
        lab_kubeconfig=kubeconfig.file(Home.here()),
        kind_kubeconfig=local_state.kind_kubeconfig(),
        home=Path.home(),
    )


def _docker_answers() -> bool:
    """Return whether a daemon answers; its client alone runs nothing."""
    docker = shutil.which("docker")
    if docker is None:
        return False
    command = [docker, "info", "--format", "{{.ServerVersion}}"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS_TO_ANSWER)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and bool(answer.stdout.strip())
