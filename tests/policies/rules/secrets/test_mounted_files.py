"""Files of Secrets that come by subPath are told, in pods that run on."""

from __future__ import annotations

from typing import Any

import pytest

from quadrant_platform.policies.pack import check
from tests.policies.builders import workload

MOUNT = {"name": "files", "mountPath": "/run/files/a", "subPath": "a"}


def found(volume: Any, mount: Any = None, kind: str = "Deployment") -> int:
    pod = workload()
    spec = pod["spec"]["template"]["spec"]
    spec["volumes"] = [{"name": "files", **volume}]
    spec["containers"][0]["volumeMounts"] = [mount or MOUNT]
    pod["kind"] = kind
    return sum(one.policy == "secrets-renew" for one in check([pod]))


@pytest.mark.parametrize(
    ("volume", "expected"),
    [
        ({"secret": {"secretName": "api"}}, 1), ({"projected": {"sources": [{"secret": {"name": "api"}}]}}, 1),
        ({"csi": {"driver": "secrets-store.csi.k8s.io"}}, 1), ({"csi": {"driver": "disk.csi.example.com"}}, 0),
        ({"configMap": {"name": "api"}}, 0), ({"emptyDir": {}}, 0), ({"persistentVolumeClaim": {"claimName": "a"}}, 0),
    ],
)  # fmt: skip
def test_only_secrets_are_told(volume: Any, expected: int) -> None:
    assert found(volume) == expected, "other files are not rotated"


def test_a_folder_and_a_job_are_not_told() -> None:
    secret = {"secret": {"secretName": "api"}}
    assert not found(secret, {"name": "files", "mountPath": "/run/files"}), "the kubelet renews a whole volume"
    assert not found(secret, kind="Job"), "it ends before the next rotation"
    assert found(secret, {"name": "files", "mountPath": "/a", "subPathExpr": "$(A)"}), "an expression is a path too"
