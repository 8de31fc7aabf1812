"""A cluster of kind: its name, the way to it, and its own record of what it was brought."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quadrant_platform.documents.problems import BadInput, Problem

NAME = "quadrant"
"""What kind calls the cluster."""
REMEDY = "see with `docker ps --all` that the node runs, then run the same command again, which goes on from here"
_RECORD = {"name": "quadrant-kind", "namespace": "kube-system"}
"""A ConfigMap of the cluster itself: a record on this machine would outlive a cluster that somebody deletes."""


@dataclass(frozen=True)
class KindClient:
    """A cluster that kubectl reaches by one kubeconfig, by its own rules where that is None."""

    kubectl: str = "kubectl"
    kubeconfig: Path | None = None
    name: str = NAME

    def run(self, *arguments: str, given: str | None = None, remedy: str | None = None) -> str:
        """Return what kubectl printed; BadInput with its words where it failed."""
        place = [] if self.kubeconfig is None else [f"--kubeconfig={self.kubeconfig}"]
        return call(self.kubectl, *place, *arguments, given=given, remedy=remedy)

    def apply(self, objects: Sequence[Mapping[str, Any]]) -> None:
        """Apply objects on the server's side, the only one for which definitions are not too large."""
        found = {"apiVersion": "v1", "kind": "List", "items": objects}
        self.run("apply", "--server-side", "--force-conflicts", "-f", "-", given=json.dumps(found))

    def apply_file(self, place: str, remedy: str | None = None) -> None:
        """Apply the objects of a file or of an address."""
        self.run("apply", "--server-side", "--force-conflicts", "-f", place, remedy=remedy)

    def kinds(self) -> set[str]:
        """Return the names of the definitions that are there."""
        return {line.partition("/")[2] for line in self.run("get", "crd", "-o", "name").split()}

    def known(self) -> dict[str, str]:
        """Return the record of what was brought; empty where there is none yet."""
        name, namespace = _RECORD.values()
        found = self.run("get", "configmap", name, f"--namespace={namespace}", "--ignore-not-found", "-o", "json")
        data: dict[str, str] = json.loads(found).get("data", {}) if found.strip() else {}
        return data

    def remember(self, what: Mapping[str, str]) -> None:
        """Add to the record; only after it was brought, so that a kill in between brings it again."""
        self.apply([{"apiVersion": "v1", "kind": "ConfigMap", "metadata": _RECORD, "data": {**self.known(), **what}}])


def call(program: str, *arguments: str, given: str | None = None, remedy: str | None = None) -> str:
    """Return what kind or kubectl printed; BadInput where it is not there, or with its words where it failed."""
    name = Path(program).name
    try:
        done = subprocess.run(
            [program, *arguments], input=given or "", env=_environment(arguments),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        why = "is not on PATH, and the cluster is reached by it"
        raise BadInput([Problem((name,), why, "install it and run this again")]) from None
    if done.returncode != 0:
        words = [word for word in arguments if not word.startswith("-")]
        what = f"{' '.join(words[:3])} failed: {done.stderr.strip()}"
        raise BadInput([Problem((name,), what, remedy or REMEDY)])
    return done.stdout


def _environment(arguments: Sequence[str]) -> dict[str, str]:
    """Return the environment, without a KUBECONFIG of somebody else's cluster where a kubeconfig is named."""
    named = any(argument.startswith("--kubeconfig") for argument in arguments)
    return {key: value for key, value in os.environ.items() if not named or key != "KUBECONFIG"}
