"""The pulumi executable: how it is called for a stack, with the stack's settings and state."""

import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import yaml

from quadrant_platform.applier.applying import engine_complaints, state_backend
from quadrant_platform.host.checkout import ROOT
from quadrant_platform.host.interrupts import PassedInterrupts
from quadrant_platform.host.kubectl import Answer
from quadrant_platform.lab.kubernetes.kubeconfig import points_to_lab
from quadrant_platform.lab.machine import proxies
from quadrant_platform.model.stack_file import ENGINE, KUBECONFIG

PACK = "policies"
# The record may be of a cluster as it was, reached by a kubeconfig that has moved: the program's own provider asks.
_REFRESHED = ("--refresh", "--run-program")
OPTIONS = {
    "up": (*_REFRESHED, "--policy-pack", PACK, "--yes"),
    "preview": (*_REFRESHED, "--diff", "--expect-no-changes", "--policy-pack", PACK),
    "destroy": ("--yes",),
}
TAIL = 200
"""Lines of complaints that are kept."""


@dataclass(frozen=True, slots=True)
class PulumiStack:
    """A stack as pulumi sees it: the executable, the stack's name, and the settings of this run."""

    pulumi: str
    name: str
    config: Mapping[str, str]

    def run(self, verb: str, *options: str) -> int:
        """Run a verb on the stack, which is created on first use; return its exit code.

        The settings replace those of the stack's file, which stays as it is. BadInput where pulumi cannot reach or
        read the state, before it has changed anything.
        """
        self.select()
        file = str(self._written())
        command = [self.pulumi, verb, "--stack", self.name, "--config-file", file, *options, "--non-interactive"]
        code, complaints = _called(command, self._environment())
        if code != 0:
            engine_complaints.check(complaints, self.name)
        return code

    def select(self) -> None:
        """Create the stack on first use; BadInput where pulumi cannot reach its state."""
        self._written()
        self.need("stack", "select", "--create", self.name)

    def ask(self, *words: str) -> Answer:
        """Return what pulumi answers, without showing it."""
        command = [self.pulumi, "--cwd", str(state_backend.folder()), *words, "--non-interactive"]
        done = subprocess.run(
            command, env=self._environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    def need(self, *words: str) -> str:
        """Return what pulumi answers; BadInput with its words where it fails."""
        answer = self.ask(*words)
        if answer.code != 0:
            engine_complaints.refuse(answer.err.splitlines(), self.name)
        return answer.out

    def _written(self) -> Path:
        """Write the settings of this run beside the state, with the secrets provider that the stack's file names."""
        file = ROOT / f"Pulumi.{self.name}.yaml"
        document = yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else {}
        kept = {key: value for key, value in (document or {}).items() if key in ENGINE}
        beside = state_backend.config_file(self.name)
        beside.write_text(yaml.safe_dump(kept | {"config": dict(self.config)}), encoding="utf-8")
        return beside

    def _environment(self) -> dict[str, str]:
        """Return the environment: the state's backend, and no proxy before the lab."""
        direct = proxies.exceptions() if points_to_lab(Path(self.config.get(KUBECONFIG, os.devnull))) else {}
        return os.environ | direct | state_backend.environment()


def _called(command: Sequence[str], environment: Mapping[str, str]) -> tuple[int, list[str]]:
    """Return the exit code of pulumi and the end of its complaints, which are also shown.

    An interrupt asks it to stop, and a second one cancels. In a session of its own it gets each of them once; a kill
    would leave operations pending in its state.
    """
    complaints = list[str]()
    with (
        PassedInterrupts() as interrupts,
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
        ) as process,
    ):
        interrupts.pass_to(process)
        reader = threading.Thread(target=_shown, args=(process.stderr, complaints))
        reader.start()
        code = process.wait()
        reader.join()
    return code, complaints


def _shown(stream: IO[str] | None, kept: list[str]) -> None:
    """Pass lines on to standard error, and keep the last ones."""
    for line in stream or ():
        sys.stderr.write(line)
        kept.append(line.rstrip())
        del kept[:-TAIL]
