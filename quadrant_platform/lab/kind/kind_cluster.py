"""A cluster of kind: kubectl for it, and the record that it has of what was installed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.host.kubectl import Kubectl

NAME = "quadrant"
"""The cluster's name in kind."""
REMEDY = "check with `docker ps --all` that the node runs, then run the same command again, which goes on from here"
_RECORD = {"name": "quadrant-kind", "namespace": "kube-system"}
"""A ConfigMap of the cluster itself: a record on this machine would outlive a cluster that is deleted by hand."""


@dataclass(frozen=True)
class KindClient:
    """A cluster of kind, reached by kubectl."""

    kubectl: Kubectl
    name: str = NAME

    def definitions(self) -> set[str]:
        """Return the names of the custom resource definitions that the cluster has."""
        return {line.partition("/")[2] for line in self.kubectl.need("get", "crd", "-o", "name").split()}

    def record(self) -> dict[str, str]:
        """Return the record of what was installed; empty where there is none yet."""
        name, namespace = _RECORD.values()
        place = (name, f"--namespace={namespace}", "--ignore-not-found", "-o", "json")
        found = self.kubectl.need("get", "configmap", *place)
        data: dict[str, str] = json.loads(found).get("data", {}) if found.strip() else {}
        return data

    def add_to_record(self, what: Mapping[str, str]) -> None:
        """Record what was installed; only afterwards, so that the next run repeats what a kill interrupted."""
        data = {**self.record(), **what}
        self.kubectl.apply([{"apiVersion": "v1", "kind": "ConfigMap", "metadata": _RECORD, "data": data}])


def client(binary: str = "kubectl", kubeconfig: Path | None = None) -> KindClient:
    """Return a client for the cluster of a kubeconfig, without one for the cluster that kubectl itself chooses."""
    return KindClient(Kubectl(binary, kubeconfig, manager="kubectl", remedy=REMEDY))


def run_kind(*arguments: str) -> str:
    """Return what kind printed; BadInput where it is missing, or with its error message where it failed."""
    try:
        done = subprocess.run(["kind", *arguments], input="", capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise BadInput(
            [Problem(("kind",), "is not on PATH, and runs the cluster", "install it and run this again")]
        ) from None
    if done.returncode != 0:
        words = [word for word in arguments if not word.startswith("-")]
        raise BadInput([Problem(("kind",), f"{' '.join(words[:3])} failed: {done.stderr.strip()}", REMEDY)])
    return done.stdout
