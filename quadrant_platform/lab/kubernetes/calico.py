"""Calico's own objects: the cluster's information, the range of the pods' addresses."""

from __future__ import annotations

from typing import Any

from quadrant_platform.host.kubectl import Kubectl
from quadrant_platform.lab.machine import network_plan

GROUP = "crd.projectcalico.org/v1"
ADDRESS = "projectcalico.org/IPv4Address"


def objects() -> list[dict[str, Any]]:
    """Return the objects that Felix waits for: without tunnels and without address translation."""
    information = {"datastoreReady": True, "clusterType": "k8s", "calicoVersion": "v3.23"}
    pool = {"cidr": network_plan.PODS, "ipipMode": "Never", "vxlanMode": "Never", "natOutgoing": False}
    return [_object("ClusterInformation", "default", information), _object("IPPool", "pods", pool)]


def annotate_node(kubectl: Kubectl) -> None:
    """Annotate the node with the address that Felix reads."""
    kubectl.need("annotate", "node", network_plan.NODE, "--overwrite", f"{ADDRESS}={network_plan.NODE_ADDRESS}/32")


def _object(kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": GROUP, "kind": kind, "metadata": {"name": name}, "spec": spec}
