"""motovault dev on the cluster under test, started by the command that a user types."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from quadrant_platform.applier.observed import applyset
from tests.cluster.cluster import Cluster, Manifest
from tests.style.sources import ROOT

SYSTEM = "motovault"
STACK = ("--system", SYSTEM, "--stack", "dev")
PROGRAM = ("quadrant_platform", "components", "policies", "systems", "tests", "tools")
SECONDS = 600
"""How long one command may take on a busy machine; nothing is measured here."""


@dataclass(frozen=True)
class Platform:
    """A copy of the project, whose files a test may change, and the cluster that its commands act on."""

    tree: Path
    cluster: Cluster

    def quadrant(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command on the stack to its end."""
        command = [sys.executable, "-m", "quadrant_platform", *arguments, *STACK]
        environment = self._environment()
        return subprocess.run(
            command, cwd=self.tree, env=environment, capture_output=True, text=True, check=False, timeout=SECONDS
        )

    def killed(self, marker: str, *arguments: str) -> bool:
        """Run a command and kill it, with all that it started, once it writes a marker; False if it never did."""
        command = [sys.executable, "-m", "quadrant_platform", *arguments, *STACK]
        process = subprocess.Popen(
            command, cwd=self.tree, env=self._environment(), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
            text=True, start_new_session=True,
        )  # fmt: skip
        lines = process.stderr or ()
        seen = any(marker in line for line in lines)
        # In the midst of the next call, not before it.
        time.sleep(0.2)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return seen

    def members(self) -> dict[tuple[str, str, str], Manifest]:
        """The live objects of the stack by kind, namespace and name."""
        parent = self.cluster.one(applyset.RESOURCE, "default", SYSTEM)
        kinds = ",".join(f"{kind}.{group}" if group else kind for group, kind in applyset.kinds_of(parent))
        selector = f"--selector={applyset.MEMBER}={applyset.identity(SYSTEM)}"
        found = self.cluster.items(kinds, "--all-namespaces", selector, "--show-managed-fields")
        return {identity(one): one for one in found}

    def pods(self) -> dict[str, str]:
        """The uid of each pod of the stack's namespaces that is not being deleted, by its name."""
        found = self.cluster.items("pods", "--all-namespaces")
        ours = (one["metadata"] for one in found if one["metadata"]["namespace"].startswith(f"{SYSTEM}-"))
        return {metadata["name"]: metadata["uid"] for metadata in ours if "deletionTimestamp" not in metadata}

    def _environment(self) -> dict[str, str]:
        return os.environ | {"PYTHONPATH": str(self.tree), "XDG_STATE_HOME": str(self.tree / ".state")}


def identity(one: Manifest) -> tuple[str, str, str]:
    """Kind, namespace and name."""
    metadata = one["metadata"]
    return one["kind"], metadata.get("namespace", ""), metadata["name"]


@pytest.fixture(scope="session")
def motovault(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """motovault dev, all Ready. It stays up, and as its files say, for the next run."""
    tree = tmp_path_factory.mktemp("project")
    for folder in PROGRAM:
        if (ROOT / folder).exists():
            ignored = shutil.ignore_patterns("__pycache__", "golden")
            shutil.copytree(ROOT / folder, tree / folder, symlinks=True, ignore=ignored)
    for file in (*ROOT.glob("Pulumi*.yaml"), ROOT / "__main__.py", ROOT / "pyproject.toml", ROOT / "CONTRIBUTING.md"):
        shutil.copy(file, tree)
    platform = Platform(tree, cluster)
    done = platform.quadrant("up")
    assert done.returncode == 0, f"motovault dev did not come up: {done.stderr[-4000:]}"
    yield platform
    shutil.rmtree(tree, ignore_errors=True)
