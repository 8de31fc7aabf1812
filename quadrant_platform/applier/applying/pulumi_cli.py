"""The pulumi executable: whether it previews and applies a stack, and how it is called."""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml
from pulumi.automation import InvalidVersionError, PulumiCommand

from quadrant_platform.applier.clusters import local_state
from quadrant_platform.applier.clusters.connection import ClusterSession
from quadrant_platform.applier.planning.configured_stack import ConfiguredStack
from quadrant_platform.host.checkout import ROOT
from quadrant_platform.lab.kubernetes.kubeconfig import points_to_lab
from quadrant_platform.lab.machine import proxies
from quadrant_platform.model.stack_file import ENGINE, KUBECONFIG

PACK = "policies"
_OPTIONS = {
    # Without a refresh pulumi would compare with its own record, which outlives a cluster that is removed.
    "up": ("--refresh", "--policy-pack", PACK, "--yes"),
    "preview": ("--refresh", "--diff", "--expect-no-changes", "--policy-pack", PACK),
    "destroy": ("--yes",),
}


class EngineChoice(NamedTuple):
    """The engine of a stack and the reason: the executable at `pulumi`, or none where it is None."""

    pulumi: str | None
    reason: str


def choose_previewer(config: Mapping[str, str]) -> EngineChoice:
    """Return the engine that previews a stack on this machine."""
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        return EngineChoice(None, "pulumi is not on PATH: the plan is recorded, not compared with a cluster")
    if KUBECONFIG not in config:
        reason = "the stack sets no quadrant:kubeconfig: the plan is recorded, not compared with a cluster"
        return EngineChoice(None, reason)
    return EngineChoice(pulumi, "pulumi compares the plan with the stack's cluster")


def engine_for(stored: str | None) -> EngineChoice:
    """Return the engine that applies a stack; `stored` is the record of an earlier apply without pulumi."""
    if stored is not None:
        return EngineChoice(None, f"kubectl applies, because it did so before: the cluster keeps {stored}")
    if (pulumi := shutil.which("pulumi")) is not None:
        return EngineChoice(pulumi, "pulumi is on PATH and applies, with the policy pack")
    if os.environ.get("QUADRANT_INSTALL_PULUMI") != "1":
        return EngineChoice(None, "pulumi is not on PATH: kubectl applies (QUADRANT_INSTALL_PULUMI=1 installs pulumi)")
    if (pulumi := install_pulumi()) is not None:
        return EngineChoice(pulumi, "pulumi was installed and applies, with the policy pack")
    return EngineChoice(None, "pulumi could not be installed: kubectl applies")


def preview(pulumi: str, stack: str) -> int:
    """Run `pulumi preview` with the policy pack; return its exit code."""
    return run(pulumi, stack, "preview", "--policy-pack", PACK)


def run_on_cluster(pulumi: str, verb: str, session: ClusterSession, stack: ConfiguredStack) -> int:
    """Run `up`, `preview` or `destroy` of pulumi on a stack in a cluster; return its exit code."""
    return run(pulumi, stack.name, verb, *_OPTIONS[verb], config=stack.config | session.target.settings)


def run(pulumi: str, stack: str, verb: str, *options: str, config: Mapping[str, str] | None = None) -> int:
    """Run a verb of pulumi on a stack, which it creates on first use; return its exit code.

    `config` replaces the settings of the stack's file, without changing that file.
    """
    environment = _environment(config or {})
    select = [pulumi, "stack", "select", "--create", stack, "--non-interactive"]
    if selected := _called(select, environment):
        return selected
    instead = ["--config-file", str(_config_file(stack, config))] if config is not None else []
    command = [pulumi, verb, "--stack", stack, *instead, *options, "--non-interactive"]
    return _called(command, environment)


def _called(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Return the exit code of pulumi, which an interrupt asks to stop and a second one cancels.

    In a session of its own it gets each of them once; a kill would leave operations pending in its state.
    """
    interrupted = False
    process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    while True:
        try:
            code = process.wait()
            break
        except KeyboardInterrupt:
            interrupted = True
            process.send_signal(signal.SIGINT)
    if interrupted:
        raise KeyboardInterrupt
    return code


def install_pulumi() -> str | None:
    """Return the executable that the SDK's installer downloads; None where that fails."""
    try:
        return PulumiCommand.install(root=str(local_state.folder() / "pulumi")).command
    except (OSError, InvalidVersionError, subprocess.CalledProcessError):
        return None


def _config_file(stack: str, config: Mapping[str, str]) -> Path:
    """Write a configuration beside the state, with the salt that the engine keeps in the stack's file."""
    file = ROOT / f"Pulumi.{stack}.yaml"
    document = yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else {}
    kept = {key: value for key, value in (document or {}).items() if key in ENGINE}
    beside = local_state.folder() / file.name
    beside.write_text(yaml.safe_dump(kept | {"config": dict(config)}), encoding="utf-8")
    return beside


def _environment(config: Mapping[str, str]) -> dict[str, str]:
    """Return the environment: a local backend without a login to another one, and no proxy before the lab."""
    direct = proxies.exceptions() if points_to_lab(Path(config.get(KUBECONFIG, os.devnull))) else {}
    environment = os.environ | direct
    home = Path(environment.get("PULUMI_HOME", Path.home() / ".pulumi"))
    if "PULUMI_BACKEND_URL" not in environment and not (home / "credentials.json").exists():
        backend = local_state.folder() / "stacks"
        backend.mkdir(exist_ok=True)
        environment["PULUMI_BACKEND_URL"] = backend.as_uri()
    if not environment.keys() & {"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"}:
        environment["PULUMI_CONFIG_PASSPHRASE_FILE"] = str(local_state.passphrase_file())
    return environment
