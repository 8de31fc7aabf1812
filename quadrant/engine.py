"""The real engine: where `pulumi` is on PATH and the stack names a cluster, its preview is the plan to look at."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PACK = "policies"


class Way(NamedTuple):
    """How a preview is made, and why: with the executable at `pulumi`, or with the recorder where it is None."""

    pulumi: str | None
    reason: str


def way(config: Mapping[str, str]) -> Way:
    """Decide how a stack is previewed on this machine."""
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        return Way(None, "pulumi is not on PATH: the plan is recorded, not compared with a cluster")
    if "quadrant:kubeconfig" not in config:
        return Way(None, "the stack sets no quadrant:kubeconfig: the plan is recorded, not compared with a cluster")
    return Way(pulumi, "pulumi compares the plan with the stack's cluster")


def preview(pulumi: str, stack: str) -> int:
    """Run `pulumi preview` with the policy pack; return its exit code."""
    environment = _environment()
    select = [pulumi, "stack", "select", "--create", stack, "--non-interactive"]
    selected = subprocess.run(select, cwd=ROOT, env=environment, check=False)
    if selected.returncode != 0:
        return selected.returncode
    command = [pulumi, "preview", "--stack", stack, "--policy-pack", PACK, "--non-interactive"]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def _environment() -> dict[str, str]:
    """Keep the state beside the project for whoever is logged in to no backend."""
    environment = dict(os.environ)
    home = Path(environment.get("PULUMI_HOME", Path.home() / ".pulumi"))
    if "PULUMI_BACKEND_URL" not in environment and not (home / "credentials.json").exists():
        state = ROOT / ".quadrant" / "pulumi"
        state.mkdir(parents=True, exist_ok=True)
        environment["PULUMI_BACKEND_URL"] = state.as_uri()
    if "PULUMI_CONFIG_PASSPHRASE" not in environment and "PULUMI_CONFIG_PASSPHRASE_FILE" not in environment:
        environment["PULUMI_CONFIG_PASSPHRASE"] = ""
    return environment
