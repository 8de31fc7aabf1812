"""A machine with Docker and kind, both fake: kind's cluster is the one in a file."""

from pathlib import Path
from typing import Any

import pytest

from quadrant_platform.applier.clusters import local_state
from quadrant_platform.lab.build import image_builds
from quadrant_platform.lab.build.catalogue import IMAGES
from quadrant_platform.lab.build.image import Image
from quadrant_platform.lab.kubernetes import definitions
from quadrant_platform.lab.machine.home import Home
from tests.applier.cluster import Cluster

CERTIFICATES = "certificates.cert-manager.io"
DEFINITION = {
    "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": CERTIFICATES},
}  # fmt: skip
SERVED = [["crds", "apiextensions.k8s.io/v1", False, "CustomResourceDefinition"]]
SERVED += [["daemonsets", "apps/v1", True, "DaemonSet"], ["configmaps", "v1", True, "ConfigMap"]]
KIND = """#!/bin/sh
echo "$@" >> {folder}/kind.log
case "$1 $2" in
  "get clusters") cat {folder}/clusters 2>/dev/null; exit 0;;
  "create cluster")
    echo quadrant > {folder}/clusters; [ ! -e {folder}/killed ] || exit 137
    /bin/cp {folder}/kubeconfig "$6";;
  "export kubeconfig") /bin/cp {folder}/kubeconfig "$6";;
  "delete cluster") rm {folder}/clusters;;
esac
"""


class KindMachine:
    """What a test sees and does beside kind."""

    def __init__(self, folder: Path, cluster: Cluster) -> None:
        self.folder, self.cluster = folder, cluster
        cluster.configure(served=[*cluster.read()["served"], *SERVED])
        self.program("kind", KIND.format(folder=folder))
        self.program("docker", "#!/bin/sh\necho 27\n")

    def program(self, name: str, text: str) -> None:
        file = self.folder / "bin" / name
        file.write_text(text, encoding="utf-8")
        file.chmod(0o755)

    def calls(self, *words: str) -> list[str]:
        """The calls of kind that begin with these words."""
        log = self.folder / "kind.log"
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        return [line for line in lines if line.startswith(" ".join(words))]

    def has(self, version: str, kind: str, namespace: str, name: str, **spec: Any) -> None:
        """Put an object into the cluster that Quadrant did not make."""
        metadata = {"name": name, "namespace": namespace}
        state = self.cluster.read()
        key = "|".join((version.rpartition("/")[0], kind, namespace, name))
        state["objects"][key] = {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}
        self.cluster.write(state)

    def files(self) -> list[str]:
        """The names of the files and addresses that were applied."""
        return [Path(name).name for name in self.cluster.read().get("files", [])]

    def breaks_at(self, words: str) -> None:
        """Let kubectl end at a call with these words, until it is mended."""
        kubectl = self.folder / "bin" / "kubectl"
        whole = kubectl.read_text(encoding="utf-8")
        (self.folder / "whole").write_text(whole, encoding="utf-8")
        self.program("kubectl", whole.replace("exec", f'case "$*" in *"{words}"*) exit 137;; esac\nexec', 1))

    def mended(self) -> None:
        self.program("kubectl", (self.folder / "whole").read_text(encoding="utf-8"))

    @property
    def kubeconfig(self) -> str:
        return str(local_state.kind_kubeconfig())


@pytest.fixture
def kind(cluster: Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> KindMachine:
    """A machine that nothing but a cluster lacks: definitions and images are there already."""

    def kept(image: Image, _home: Home) -> Path:
        return tmp_path / f"{image.name.rpartition('/')[2]}.tar"

    def ensured(names: list[str], home: Home, _say: Any) -> dict[str, Path]:
        return {name: kept(IMAGES[name], home) for name in names}

    monkeypatch.delenv("KUBECONFIG")
    monkeypatch.setenv("QUADRANT_CRDS", str(tmp_path / "crds"))
    monkeypatch.setattr(definitions, "all_kinds", lambda *_: [DEFINITION])
    monkeypatch.setattr(definitions, "problems", lambda _home: ())
    monkeypatch.setattr(image_builds, "obstacles", lambda _names, _home: ())
    monkeypatch.setattr(image_builds, "archive_path", kept)
    monkeypatch.setattr(image_builds, "ensure", ensured)
    return KindMachine(tmp_path, cluster)
