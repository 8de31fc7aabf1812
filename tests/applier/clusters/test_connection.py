"""A proxy of the environment is on the way to every cluster but the one on this machine."""

from pathlib import Path

import pytest

from quadrant_platform.applier.clusters.connection import kubectl_for
from quadrant_platform.applier.clusters.target import ClusterTarget, ClusterType
from quadrant_platform.lab.machine import network_plan

ELSEWHERE = "https://cluster.example.com:6443"


@pytest.mark.parametrize(("server", "direct"), [(network_plan.API, True), (ELSEWHERE, False)])
def test_only_the_lab_is_reached_without_the_proxy(
    server: str, direct: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("NO_PROXY", "intranet.example.com")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    program, kubeconfig = tmp_path / "kubectl", tmp_path / "kubeconfig"
    program.write_text('#!/bin/sh\necho "$NO_PROXY"\n', "utf-8")
    program.chmod(0o755)
    kubeconfig.write_text(f"clusters: [{{name: x, cluster: {{server: '{server}'}}}}]", "utf-8")
    kubectl = kubectl_for(ClusterTarget(ClusterType.FOREIGN, kubeconfig, None, "named"))
    first, *more = kubectl.need("get", "nodes").strip().split(",")
    assert first == "intranet.example.com", "what the user excepts stays excepted"
    assert (network_plan.NODE_ADDRESS in more) is direct, "the user decides how a foreign cluster is reached"
