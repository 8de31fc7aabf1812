"""A cluster in a file, reached through a fake kubectl on PATH."""

import base64
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from quadrant_platform.applier.applying import cluster_session
from quadrant_platform.applier.observed import applyset
from quadrant_platform.program.manifest_files import CLUSTER_SCOPED
from tests.commands.running import Runner
from tests.stacks import recorded

SYSTEM = "motovault-phase4"
STACK = ("--system", SYSTEM, "--stack", "dev")
KUBECONFIG = """\
apiVersion: v1
kind: Config
current-context: fake
contexts: [{name: fake, context: {cluster: fake, user: fake}}]
"""
UID = "5c1f0f9e-3b7a-4b52-9f0e-0d5a3c6f8e11"
FAKE = Path(__file__).with_name("fake_kubectl.py")


class Cluster:
    """What a test sees and does behind kubectl's back."""

    def __init__(self, file: Path) -> None:
        self.file = file
        kinds = {(one["apiVersion"], one["kind"]) for one in recorded(SYSTEM, "dev").manifests()}
        kinds |= {("v1", kind) for kind in ("Node", "Pod", "Event", "Namespace", "EndpointSlice")}
        kinds |= {(f"{applyset.GROUP}/v1alpha1", applyset.KIND), ("authorization.k8s.io/v1", "SelfSubjectAccessReview")}
        served = [(f"{kind.lower()}s", version, kind not in CLUSTER_SCOPED, kind) for version, kind in sorted(kinds)]
        self.write({"served": served, "objects": {}, "applied": {}, "log": [], "version": 0, "uid": UID})

    def read(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(self.file.read_text())
        return state

    def write(self, state: dict[str, Any]) -> None:
        self.file.write_text(json.dumps(state))

    def configure(self, **settings: Any) -> None:
        self.write(self.read() | settings)

    @property
    def objects(self) -> dict[str, Any]:
        found: dict[str, Any] = self.read()["objects"]
        return found

    def versions(self) -> dict[str, str]:
        return {key: one["metadata"]["resourceVersion"] for key, one in self.objects.items()}

    def edit(self, key: str, change: Any) -> None:
        state = self.read()
        change(state["objects"][key])
        self.write(state)

    def remove(self, key: str) -> None:
        state = self.read()
        del state["objects"][key]
        self.write(state)

    def find(self, kind: str, name: str = "") -> list[str]:
        return [key for key in self.objects if key.split("|")[1] == kind and key.endswith(name)]

    def texts(self) -> set[str]:
        """The values of all Secrets of the system."""
        secrets = (self.objects[key] for key in self.find("Secret") if "|quadrant|" not in key)
        return {base64.b64decode(value).decode() for one in secrets for value in one["data"].values()}


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """A cluster that KUBECONFIG names, and a machine that has kubectl and nothing else."""
    programs = tmp_path / "bin"
    programs.mkdir()
    kubectl = programs / "kubectl"
    kubectl.write_text(f'#!/bin/sh\nexec {sys.executable} -SE {FAKE} {tmp_path}/cluster.json "$@"\n')
    kubectl.chmod(0o755)
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(KUBECONFIG)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("QUADRANT_LAB_HOME", str(tmp_path / "lab"))
    monkeypatch.delenv("QUADRANT_INSTALL_PULUMI", raising=False)
    monkeypatch.setattr(cluster_session, "ROOT", tmp_path)
    return Cluster(tmp_path / "cluster.json")


_SETTLED: dict[str, Any] = {}


@pytest.fixture
def settled(cluster: Cluster, quadrant: Runner) -> Cluster:
    """A cluster in which the stack is up already; the first test that needs it applies it for all."""
    if not _SETTLED:
        quadrant("up", *STACK)
        _SETTLED.update(cluster.read())
    cluster.write({**_SETTLED, "log": []})
    return cluster
