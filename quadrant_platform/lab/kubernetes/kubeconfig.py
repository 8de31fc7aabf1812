"""The kubeconfigs of the cluster's parts, and kubectl as its administrator."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import yaml

from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.lab.kubernetes import authority
from quadrant_platform.lab.machine import network_plan, proxies
from quadrant_platform.lab.machine.home import Home


def file(home: Home) -> Path:
    """Return the administrator's kubeconfig, which stands alone."""
    return home.state / "kubeconfig"


def points_to_lab(path: Path) -> bool:
    """Whether a kubeconfig, wherever it lies, names the lab's API server."""
    try:
        return network_plan.API.encode() in path.read_bytes()
    except OSError:
        return False


def write(home: Home) -> None:
    """Write the kubeconfig of the administrator, and one for each part that talks to the API."""
    for party in ("controller-manager", "scheduler", "proxy", "kubelet"):
        _write(home, party, of_party(home, party))
    _write(home, "admin", file(home))


def of_party(home: Home, party: str) -> Path:
    """Return the kubeconfig of one of the cluster's parts."""
    return authority.folder(home) / f"{party}.kubeconfig"


def _write(home: Home, party: str, target: Path) -> None:
    keys = authority.folder(home)
    cluster = {"server": network_plan.API, "certificate-authority-data": _encoded(keys / "ca.crt")}
    user = {
        "client-certificate-data": _encoded(keys / f"{party}.crt"),
        "client-key-data": _encoded(keys / f"{party}.key"),
    }
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "lab", "cluster": cluster}],
        "users": [{"name": party, "user": user}],
        "contexts": [{"name": "lab", "context": {"cluster": "lab", "user": party}}],
        "current-context": "lab",
    }
    part = target.with_suffix(".part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    part.write_text(yaml.safe_dump(content), "utf-8")
    part.replace(target)


def _encoded(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode("ascii")


class Kubectl:
    """kubectl as the lab's administrator."""

    def __init__(self, home: Home) -> None:
        self._command = [str(home.bin / "kubectl"), f"--kubeconfig={file(home)}"]

    def ask(self, *arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
        """Return what a command answered, whatever it was."""
        return subprocess.run(
            [*self._command, *arguments], input=given, capture_output=True, text=True, check=False, env=environment()
        )

    def run(self, *arguments: str, given: str | None = None) -> str:
        """Return what a command printed; BadInput with its words where it failed."""
        done = self.ask(*arguments, given=given)
        if done.returncode != 0:
            what = f"kubectl {' '.join(arguments[:4])} failed: {done.stderr.strip()}"
            raise BadInput([Problem(("cluster",), what, "run `lab status`, then `lab up` again")])
        return done.stdout

    def apply(self, manifests: list[dict[str, Any]]) -> None:
        """Apply objects on the server's side, all in one call."""
        content = "---\n".join(json.dumps(manifest) + "\n" for manifest in manifests)
        self.run("apply", "--server-side", "--force-conflicts", "--field-manager=lab", "-f", "-", given=content)

    def items(self, *arguments: str) -> list[dict[str, Any]]:
        """Return the objects that a `get` lists."""
        found: list[dict[str, Any]] = json.loads(self.run("get", *arguments, "-o", "json"))["items"]
        return found


def environment() -> dict[str, str]:
    """Return the environment for kubectl: no KUBECONFIG of somebody else's cluster, no proxy on the way to ours."""
    return {name: value for name, value in os.environ.items() if name != "KUBECONFIG"} | proxies.exceptions()
