"""Pods in place of a peer of a matrix: its labels, its namespace, and nothing inside."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.cluster.cluster import Cluster

Manifest = dict[str, Any]
IMAGE = "registry.k8s.io/pause:3.10"
MARK = {"quadrant.dev/stand-in": "true"}


def pod(namespace: str, name: str, labels: dict[str, str], **container: Any) -> Manifest:
    """A pod that Pod Security `restricted` and every quota let in."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"namespace": namespace, "name": name, "labels": labels | MARK},
        "spec": {
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "terminationGracePeriodSeconds": 0,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 65534,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [
                {
                    "name": "stand-in",
                    "image": IMAGE,
                    "imagePullPolicy": "IfNotPresent",
                    "resources": {
                        "requests": {"cpu": "1m", "memory": "8Mi", "ephemeral-storage": "1Mi"},
                        "limits": {"cpu": "100m", "memory": "16Mi", "ephemeral-storage": "16Mi"},
                    },
                    "securityContext": {
                        "allowPrivilegeEscalation": False,
                        "capabilities": {"drop": ["ALL"]},
                        "readOnlyRootFilesystem": True,
                    },
                    **container,
                }
            ],
        },
    }


@contextmanager
def standing(cluster: Cluster, pods: list[Manifest]) -> Iterator[dict[tuple[str, str], str]]:
    """The addresses, by namespace and name, of pods that are there during the block."""
    try:
        cluster.apply(pods)
        yield cluster.addresses(pods)
    finally:
        cluster.delete(pods)


def namespace(name: str, **labels: str) -> Manifest:
    """A namespace of its own."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels | MARK}}
