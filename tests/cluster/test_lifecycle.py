"""The lab comes up after a kill at any point, mends what ended, and leaves nothing behind."""

import json
from collections.abc import Iterator

import pytest

from tests.cluster.second_lab import Beside, beside, unable

pytestmark = pytest.mark.lab
MOMENTS = (1, 3, 6, 12)
"""Seconds after which a start is killed: before the control plane, while it starts, with it, with the node."""


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Beside]:
    """A lab of its own that came up although its starts were killed again and again."""
    if reason := unable():
        pytest.skip(f"needs lab: {reason}")
    with beside(tmp_path_factory.mktemp("beside")) as machine:
        for seconds in MOMENTS:
            machine.killed(seconds, "up")
        done = machine.lab("up")
        assert done.code == 0, f"a start after kills does not end well: {done.err[-2000:]}"
        yield machine


def pods(machine: Beside) -> dict[str, str]:
    """The pods' identities by name, of those that are ready."""
    found = json.loads(machine.kubectl("get", "pods", "--all-namespaces", "-o", "json").out)["items"]
    conditions = {one["metadata"]["uid"]: one["status"].get("conditions", ()) for one in found}
    ready = {
        uid for uid, these in conditions.items() for one in these if (one["type"], one["status"]) == ("Ready", "True")
    }
    return {one["metadata"]["name"]: one["metadata"]["uid"] for one in found if one["metadata"]["uid"] in ready}


def test_a_start_after_kills_at_any_moment_ends_with_all_parts_running(machine: Beside) -> None:
    status = machine.lab("status")
    assert status.code == 0, f"a part does not run: {status.out}"
    assert len(pods(machine)) == 4, "resolver, volumes, certificates and metrics are ready"


def test_parts_that_ended_come_back_and_the_pods_outlive_them(machine: Beside) -> None:
    before = pods(machine)
    for name in ("etcd", "kubelet", "containerd", "kube-apiserver"):
        assert machine.run("pkill", "-KILL", "-x", name).code == 0, f"{name} runs, so that it can be killed"
    assert machine.lab("status").code == 1, "a part that ended is reported"
    done = machine.lab("up")
    assert done.code == 0, f"the same command mends it: {done.err[-2000:]}"
    assert pods(machine) == before, "pods need neither the kubelet nor the runtime to go on"


def test_a_start_of_what_runs_changes_nothing(machine: Beside) -> None:
    before = machine.run("sh", "-c", f"cat {machine.home.state}/daemons/*.json").out
    done = machine.lab("up")
    assert done.code == 0, f"nothing prevents it: {done.err[-2000:]}"
    after = machine.run("sh", "-c", f"cat {machine.home.state}/daemons/*.json").out
    assert after == before, "a process that runs is neither ended nor started again"


def test_the_end_leaves_no_process_mount_link_rule_namespace_or_cgroup(machine: Beside) -> None:
    machine.killed(1, "down")
    done = machine.lab("down")
    assert done.code == 0, f"the lab names what is left: {done.err[-2000:]}"
    processes = machine.run("ps", "-e", "--no-headers", "-o", "comm").out.split()
    assert {*processes} <= {"bash", "ps"}, "only the shell that runs these commands is left"
    links = machine.run("ls", "/sys/class/net").out.split()
    assert links == ["lo"], "bridge and veths are gone"
    assert machine.run("nft", "list", "ruleset").out == "", "no rule of proxy, Felix or port map is left"
    assert machine.run("ip", "netns", "list").out == "", "the namespaces outside are gone"
    mounts = machine.run("grep", "-E", f"{machine.home.root}|calico", "/proc/self/mounts").out
    assert mounts == "", "nothing is mounted under the lab's folder"
    cgroups = machine.run("find", "/sys/fs/cgroup", "-name", "kubepods*").out
    assert cgroups == "", "the pods' cgroups are gone in every hierarchy"
    kept = {place.name for place in machine.home.root.iterdir() if not place.name.startswith(".")}
    built = {"bin", "images", "definitions"}
    assert kept == {*built, "logs", "out", "err"}, "what was built is kept, and nothing else but logs"
