"""KWOK, which plays the kubelets and the provisioner of volumes: pods get ready, jobs complete, claims are bound."""

import hashlib
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from quadrant_platform.documents.problems import Problem
from quadrant_platform.host.progress import Say
from quadrant_platform.lab.build import artifacts, go_sources, requirements
from quadrant_platform.lab.build.program_builds import ENVIRONMENT
from quadrant_platform.lab.machine.daemons import Daemon
from quadrant_platform.lab.machine.home import Home

MODULE = "sigs.k8s.io/kwok"
FOLDER = Path(__file__).parent / "kwok"
STAGES = ("node/fast/node-initialize", *(f"pod/fast/pod-{name}" for name in ("ready", "complete", "delete")))
VOLUMES = tuple(f"volume/fast/{name}" for name in ("pvc-provision", "pvc-delete", "pv-bind", "pv-delete"))
OPTIONS = ("--manage-all-nodes=true", "--node-lease-duration-seconds=40")
PURPOSE = "simulates the nodes of the engine's tests"
ROOM = {"cpu": "1k", "memory": "1Ti", "pods": "10k", "ephemeral-storage": "10Ti"}
ZONES = "abc"
"""One node each: copies of a store in prod never share a node."""
NODES = [
    {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": f"simulated-{zone}",
            "labels": {
                "kubernetes.io/os": "linux",
                "kubernetes.io/hostname": f"simulated-{zone}",
                "topology.kubernetes.io/zone": zone,
            },
        },
        "status": {"allocatable": ROOM, "capacity": ROOM},
    }
    for zone in ZONES
]
STORAGE_CLASS = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    # The stages know the class by this name.
    "metadata": {"name": "kwok-volume", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
    "provisioner": "kwok.x-k8s.io/volume",
    "allowVolumeExpansion": True,
}


def problems() -> tuple[Problem, ...]:
    """Return why KWOK could not be built here; empty where it is built already or could be."""
    return () if _built().is_dir() else requirements.go_problems(PURPOSE, [FOLDER])


def daemon(kubeconfig: Path, say: Say) -> Daemon:
    """Return the simulation of a cluster's nodes; the first call compiles it."""
    folder = artifacts.make(_built(), "kwok", say, partial(_make, say))
    stages = (f"--config={file}" for file in (*sorted(folder.glob("*.yaml")), FOLDER / "stages.yaml"))
    return Daemon("kwok", (str(folder / "kwok"), f"--kubeconfig={kubeconfig}", *OPTIONS, *stages))


def _built() -> Path:
    return Home.here().bin / ".built" / f"kwok-{_digest()}"


def _digest() -> str:
    parts = ((FOLDER / "go.mod").read_bytes(), *(name.encode() for name in _stages()))
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def _stages() -> Iterator[str]:
    yield from (*STAGES, *VOLUMES)


def _make(say: Say, part: Path) -> None:
    sources = go_sources.fetch(MODULE, FOLDER, PURPOSE, say)
    part.mkdir(parents=True)
    for stage in _stages():
        shutil.copyfile(sources / "kustomize" / "stage" / f"{stage}.yaml", part / f"{Path(stage).name}.yaml")
    command = ["go", "build", "-trimpath", "-o", str(part / "kwok"), f"{MODULE}/cmd/kwok"]
    log = Home.here().logs / "build-kwok.log"
    artifacts.run("compiling kwok", command, log, say, cwd=FOLDER, env=ENVIRONMENT)
