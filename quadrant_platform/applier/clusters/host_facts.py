"""Facts about this machine on which the choice of a cluster depends."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from quadrant_platform.applier.clusters import local_state
from quadrant_platform.applier.clusters.target import HostFacts
from quadrant_platform.lab.kubernetes import kubeconfig
from quadrant_platform.lab.machine.home import Home

SECONDS_TO_ANSWER = 5


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
