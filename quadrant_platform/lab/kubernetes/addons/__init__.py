"""What every cluster has besides its control plane: names, volumes, metrics, certificates."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Any

import yaml

from quadrant_platform.lab.machine import network_plan
from quadrant_platform.lab.machine.home import Home

IMAGES = (
    "docker.io/coredns/coredns:1.15.0",
    "docker.io/library/busybox:1.37.0",
    "docker.io/rancher/local-path-provisioner:v0.0.30",
    "quay.io/jetstack/cert-manager-controller:v1.11.5",
    "registry.k8s.io/metrics-server/metrics-server:v0.9.0",
)
WORKLOADS = (
    ("kube-system", "coredns"),
    ("local-path-storage", "local-path-provisioner"),
    ("cert-manager", "cert-manager"),
    ("kube-system", "metrics-server"),
)
"""Namespace and name of the Deployments, in the order in which others need them."""
_FILES = ("dns", "storage", "certificates", "metrics")


def objects(home: Home) -> list[dict[str, Any]]:
    """Return the objects of all of them, filled in."""
    values = {
        "DOMAIN": network_plan.DOMAIN,
        "DNS": network_plan.DNS_SERVICE,
        "INTERNET": network_plan.INTERNET.address,
        "VOLUMES": str(home.state / "volumes"),
    }
    texts = (Path(__file__).with_name(f"{name}.yaml").read_text("utf-8") for name in _FILES)
    filled = (string.Template(text).safe_substitute(values) for text in texts)
    return [one for text in filled for one in yaml.load_all(text, yaml.CSafeLoader) if one]
