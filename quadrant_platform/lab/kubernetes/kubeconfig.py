"""The kubeconfigs of the cluster's parts, and kubectl as its administrator."""

from __future__ import annotations

import base64
from pathlib import Path

import yaml

from quadrant_platform.host.files import write_atomically
from quadrant_platform.host.kubectl import Kubectl
from quadrant_platform.lab.kubernetes import authority
from quadrant_platform.lab.machine import network_plan, proxies
from quadrant_platform.lab.machine.home import Home

PARTIES = ("controller-manager", "scheduler", "proxy", "kubelet")
"""Those that call the API, each with a kubeconfig of its own."""


def file(home: Home) -> Path:
    """Return the administrator's kubeconfig, which needs no other file."""
    return home.state / "kubeconfig"


def of_party(home: Home, party: str) -> Path:
    """Return the kubeconfig of one of the cluster's parts."""
    return authority.folder(home) / f"{party}.kubeconfig"


def points_to_lab(path: Path) -> bool:
    """Return whether a kubeconfig, wherever it lies, names the lab's API server."""
    try:
        return network_plan.API.encode() in path.read_bytes()
    except OSError:
        return False


def kubectl(home: Home) -> Kubectl:
    """Return kubectl as the lab's administrator."""
    return Kubectl(
        str(home.bin / "kubectl"),
        file(home),
        manager="lab",
        environment=proxies.exceptions(),
        remedy="run `lab status`, then `lab up` again",
    )


def write(home: Home) -> None:
    """Write the kubeconfig of the administrator, and one for each part that calls the API."""
    for party in PARTIES:
        _write(home, party, of_party(home, party))
    _write(home, "admin", file(home))


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
    write_atomically(target, yaml.safe_dump(content), private=True)


def _encoded(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode("ascii")
