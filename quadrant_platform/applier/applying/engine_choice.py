"""The engine of a stack: pulumi, where it is there and nothing speaks against it, else the recorder and kubectl."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from typing import NamedTuple

from pulumi.automation import InvalidVersionError, PulumiCommand

from quadrant_platform.applier.applying import state_backend
from quadrant_platform.applier.clusters import local_state
from quadrant_platform.applier.clusters.connection import check_named
from quadrant_platform.documents.problems import BadInput
from quadrant_platform.model.stack_file import KUBECONFIG

RECORDED = "the plan is recorded, not compared with a cluster"


class EngineChoice(NamedTuple):
    """The engine of a stack and the reason: the executable at `pulumi`, or none where it is None."""

    pulumi: str | None
    reason: str


def choose_previewer(config: Mapping[str, str]) -> EngineChoice:
    """Return the engine that previews a stack on this machine."""
    pulumi = executable()
    if pulumi is None:
        return EngineChoice(None, f"pulumi is not on PATH: {RECORDED}")
    if KUBECONFIG not in config:
        return EngineChoice(None, f"the stack sets no {KUBECONFIG}: {RECORDED}")
    try:
        check_named(config)
    except BadInput as error:
        return EngineChoice(None, f"{error}\nso {RECORDED}")
    return EngineChoice(pulumi, "pulumi compares the plan with the stack's cluster")


def engine_for(stored: str | None, stack: str = "") -> EngineChoice:
    """Return the engine that applies a stack; `stored` is the record of an earlier apply without pulumi."""
    if stored is not None:
        return EngineChoice(None, f"kubectl applies, because it did so before: the cluster keeps {stored}")
    if (pulumi := executable()) is not None:
        return EngineChoice(pulumi, f"pulumi is on PATH and applies, with the policy pack{_kept(stack)}")
    if os.environ.get("QUADRANT_INSTALL_PULUMI") != "1":
        return EngineChoice(None, "pulumi is not on PATH: kubectl applies (QUADRANT_INSTALL_PULUMI=1 installs pulumi)")
    if (pulumi := install_pulumi()) is not None:
        return EngineChoice(pulumi, f"pulumi was installed and applies, with the policy pack{_kept(stack)}")
    return EngineChoice(None, "pulumi could not be installed: kubectl applies")


def executable() -> str | None:
    """Return pulumi, where it is there."""
    return shutil.which("pulumi")


def _kept(stack: str) -> str:
    """Return where the state is kept, if the user chose no backend."""
    return "" if state_backend.chosen_by_user() else f"; {state_backend.same_state(stack)}"


def install_pulumi() -> str | None:
    """Return the executable that the SDK's installer downloads; None where that fails."""
    try:
        return PulumiCommand.install(root=str(local_state.folder() / "pulumi")).command
    except (OSError, InvalidVersionError, subprocess.CalledProcessError):
        return None
