"""What every cluster has besides its control plane: DNS, volumes, metrics, certificates."""

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
MANIFESTS = Path(__file__).parent / "manifests"
CERTIFICATES = MANIFESTS / "certificates.yaml"
_FILES = (MANIFESTS / "dns.yaml", MANIFESTS / "storage.yaml", CERTIFICATES, MANIFESTS / "metrics.yaml")


def objects(home: Home) -> list[dict[str, Any]]:
    """Return the objects of all add-ons, their placeholders filled in."""
    values = {
        "DOMAIN": network_plan.DOMAIN,
        "DNS": network_plan.DNS_SERVICE,
        "INTERNET": network_plan.INTERNET.address,
        "VOLUMES": str(home.state / "volumes"),
    }
    filled = (string.Template(file.read_text("utf-8")).safe_substitute(values) for file in _FILES)
    return [one for text in filled for one in yaml.load_all(text, yaml.CSafeLoader) if one]
