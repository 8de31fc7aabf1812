"""Kubeconfigs of the lab lead to its API server, directly."""

from pathlib import Path

import pytest

from quadrant_platform.lab.kubernetes import kubeconfig
from quadrant_platform.lab.machine import network_plan
from quadrant_platform.lab.machine.home import Home


def test_the_labs_kubectl_reaches_the_cluster_without_the_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:3128")
    home = Home(tmp_path)
    home.bin.mkdir()
    (home.bin / "kubectl").write_text('#!/bin/sh\necho "$NO_PROXY"\n', "utf-8")
    (home.bin / "kubectl").chmod(0o755)
    assert network_plan.NODE_ADDRESS in kubeconfig.kubectl(home).need("get", "nodes"), "a proxy refuses such an address"


@pytest.mark.parametrize(("server", "ours"), [(network_plan.API, True), ("https://cluster.example.com:6443", False)])
def test_a_kubeconfig_of_the_lab_is_recognised_by_its_server(server: str, ours: bool, tmp_path: Path) -> None:
    file = tmp_path / "copy"
    assert not kubeconfig.points_to_lab(file), "one that is not there leads nowhere"
    file.write_text(f"clusters: [{{name: x, cluster: {{server: '{server}'}}}}]", "utf-8")
    assert kubeconfig.points_to_lab(file) is ours, "people copy and merge kubeconfigs"
