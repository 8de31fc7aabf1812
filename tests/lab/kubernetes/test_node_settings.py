"""Settings of the cluster's parts, without which they do not work on such machines; nothing is public."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from quadrant_platform.lab.build.catalogue import IMAGES
from quadrant_platform.lab.kubernetes import control_plane, node, node_settings
from quadrant_platform.lab.machine import network_plan
from quadrant_platform.lab.machine.daemons import Daemon
from quadrant_platform.lab.machine.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "lab")
    home.bin.mkdir(parents=True)
    node_settings.write(home)
    return home


def written(home: Home, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((home.state / "settings" / name).read_text("utf-8"))
    return found


def flags(daemon: Daemon) -> dict[str, str]:
    return dict(part.removeprefix("--").partition("=")[::2] for part in daemon.command[1:])


def test_settings_that_are_as_they_should_be_are_not_written_again(home: Home) -> None:
    before = {file: file.stat().st_mtime_ns for file in node_settings.folder(home).rglob("*") if file.is_file()}
    assert node_settings.write(home) == (), "no process has to restart"
    after = {file: file.stat().st_mtime_ns for file in node_settings.folder(home).rglob("*") if file.is_file()}
    assert after == before, "the proxy ends whenever its file is written"
    (node_settings.folder(home) / "kubelet.yaml").write_text("{}", "utf-8")
    assert node_settings.write(home) == ("kubelet",), "a process with another file restarts"


def test_the_runtime_keeps_to_the_labs_folder(home: Home) -> None:
    found = tomllib.loads((home.state / "settings" / "containerd.toml").read_text("utf-8"))
    for place in (found["root"], found["state"], found["grpc"]["address"]):
        assert Path(place).is_relative_to(home.state), "the machine's own containerd must not notice"


def test_the_runtime_works_without_the_right_to_raise_limits(home: Home) -> None:
    plugin = tomllib.loads((home.state / "settings" / "containerd.toml").read_text("utf-8"))["plugins"]
    found = plugin["io.containerd.grpc.v1.cri"]
    assert found["restrict_oom_score_adj"], "without CAP_SYS_RESOURCE every sandbox would fail"
    assert found["containerd"]["runtimes"]["runc"]["options"]["SystemdCgroup"] is False, "there may be no systemd"
    assert found["sandbox_image"] in IMAGES, "an image that the lab does not make cannot be pulled"


def test_the_kubelet_takes_the_machine_as_it_is(home: Home) -> None:
    found = written(home, "kubelet.yaml")
    expected = {"cgroupDriver": "cgroupfs", "failCgroupV1": False, "failSwapOn": False, "enforceNodeAllocatable": []}
    assert {key: found[key] for key in expected} == expected, "cgroup v1 and swap are no reason not to start"
    assert found["evictionHard"] == {}, "a full disk of the machine's owner is not the pods' fault"
    assert found["authentication"]["anonymous"] == {"enabled": False}, "the kubelet runs commands in pods"


def test_the_proxy_leaves_the_machines_connection_table_alone(home: Home) -> None:
    found = written(home, "proxy.yaml")
    assert found["mode"] == "nftables", "its tables have names of their own, which can be removed"
    assert found["conntrack"] == {"maxPerCore": 0, "min": 0}, "that limit is the machine's, and may be read-only"


def test_policies_are_enforced_by_the_plugin_that_felix_reads(home: Home) -> None:
    plugins = written(home, "cni/10-lab.conflist")["plugins"]
    assert [one["type"] for one in plugins] == ["calico", "portmap"], "the plain bridge enforces nothing"
    assert plugins[0]["policy"] == {"type": "k8s"}, "NetworkPolicies are what is to be enforced"
    linked = {link.name for link in (home.state / "settings" / "plugins").iterdir()}
    assert {"calico", "portmap", plugins[0]["ipam"]["type"]} <= linked, "the runtime finds plugins in one folder"


def test_nothing_listens_where_others_could_reach_it(home: Home) -> None:
    given = [flags(one) for one in control_plane.daemons(home)]
    addresses = [value for found in given for key, value in found.items() if key.endswith(("bind-address", "urls"))]
    hosts = {one.partition("//")[2].rpartition(":")[0] if "//" in one else one for one in addresses}
    assert hosts == {"127.0.0.1", network_plan.NODE_ADDRESS}, "the cluster's administrator is root on this machine"
    assert written(home, "kubelet.yaml")["address"] == network_plan.NODE_ADDRESS, "the API server asks it there"


def test_every_port_of_loopback_that_a_part_takes_is_checked_beforehand(home: Home) -> None:
    commands = " ".join(part for one in control_plane.daemons(home) for part in one.command)
    for port in (12379, 12380):
        assert f":{port}" in commands, "the list of ports must be of ports that are used"
        assert port in control_plane.PORTS, "a port that is taken is reported before anything starts"
    assert json.dumps(written(home, "proxy.yaml")).count("127.0.0.1:") == len(node.PORTS), "the proxy's ports too"
