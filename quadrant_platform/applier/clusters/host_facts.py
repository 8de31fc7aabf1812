"""Facts about this machine that decide where a stack goes."""

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
    """Look at the environment and at what is on PATH."""
    return HostFacts(
        kubeconfig=os.environ.get("KUBECONFIG"),
        docker=_docker_answers(),
        kind=shutil.which("kind") is not None,
        lab_kubeconfig=kubeconfig.file(Home.here()),
        kind_kubeconfig=local_state.kind_kubeconfig(),
        home=Path.home(),
    )


def _docker_answers() -> bool:
    """Whether a daemon answers; its client alone runs nothing."""
    docker = shutil.which("docker")
    if docker is None:
        return False
    asked = [docker, "info", "--format", "{{.ServerVersion}}"]
    try:
        answer = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=SECONDS_TO_ANSWER)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and bool(answer.stdout.strip())
