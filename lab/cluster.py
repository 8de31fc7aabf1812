"""The cluster as a whole: up, down, how it is, and images for it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from lab import (
    addons,
    authority,
    calico,
    control_plane,
    daemons,
    definitions,
    internet,
    kubeconfig,
    network,
    node,
    plan,
    preflight,
    teardown,
)
from lab.build import binaries, debian, images
from lab.build.catalogue import ABSENT, IMAGES
from lab.build.image import normalised
from lab.build.steps import Say, locked
from lab.home import Home
from lab.kubeconfig import Kubectl
from model.errors import BadInput, Problem

PATIENCE = 90.0
"""Seconds that one part may take to answer."""


@dataclass(frozen=True)
class Step:
    """One part of bringing the cluster up; done again, it changes nothing that is as it should be."""

    name: str
    do: Callable[[Home, Say], None]


def up(home: Home, say: Say) -> Path:
    """Bring the cluster up, going on where an earlier run ended, and return the administrator's kubeconfig.

    BadInput, before anything is changed, where the machine cannot; and with the end of a log where a part ends.
    """
    preflight.check(home)
    with locked(home.root / ".up.lock", "lab", say):
        for step in STEPS:
            say(step.name)
            step.do(home, say)
    return kubeconfig.file(home)


def down(home: Home, say: Say) -> None:
    """Remove the cluster and all its data; BadInput that names what could not be removed."""
    say("ending processes, pods, links and rules")
    if left := teardown.tear_down(home):
        remedy = "run `lab down` again; what stays even then needs a restart of the machine"
        raise BadInput(Problem(("lab",), f"is left: {one}", remedy) for one in left)


def load(home: Home, names: Collection[str], say: Say) -> tuple[str, ...]:
    """Bring images that the lab can make to the node; return the names of the others, which the node has to pull."""
    known = [name for name in sorted(names) if normalised(name) in IMAGES]
    for name in sorted({normalised(name) for name in names} & set(ABSENT)):
        say(f"{name} cannot be made here: {ABSENT[name]}; its pods will wait for it")
    there = _node_images(home)
    for name in known:
        archive = images.ensure([name], home, say)[name]
        if there.get(normalised(name)) != archive.name:
            _import(home, normalised(name), archive)
    return tuple(name for name in sorted(names) if normalised(name) not in IMAGES)


def running(home: Home) -> dict[str, bool]:
    """Return which of the lab's processes run; empty where it was never brought up."""
    return {name: daemons.recorded(home, name) is not None for name in daemons.names(home)}


def _tools(home: Home, say: Say) -> None:
    debian.install(debian.missing(), home, say)
    binaries.ensure((*control_plane.PROGRAMS, *node.PROGRAMS), home, say)
    images.ensure((*node.IMAGES, *addons.IMAGES), home, say)


def _control_plane(home: Home, say: Say) -> None:
    authority.issue(home)
    kubeconfig.write(home)
    network.connect(home)
    etcd, apiserver, *controllers = control_plane.daemons(home)
    daemons.start(etcd, home)
    daemons.start(apiserver, home)
    kubectl = Kubectl(home)
    _until(lambda: kubectl.ask("get", "--raw", "/readyz").returncode == 0, (etcd, apiserver), home, say)
    for controller in controllers:
        daemons.start(controller, home)


def _definitions(home: Home, say: Say) -> None:
    kubectl = Kubectl(home)
    wanted = [*definitions.of(definitions.CALICO), *definitions.all_kinds()]
    there = {one["metadata"]["name"] for one in kubectl.items("customresourcedefinitions")}
    if not definitions.shared().is_dir():
        say(f"no folder {definitions.shared()}: kinds of CloudNativePG, k6 and Linkerd stay unknown to the cluster")
    if lacking := [one for one in wanted if one["metadata"]["name"] not in there]:
        kubectl.apply(lacking)
    kubectl.run("wait", "--for=condition=Established", "customresourcedefinitions", "--all", "--timeout=60s")
    kubectl.apply(calico.objects())


def _node(home: Home, say: Say) -> None:
    node.write_settings(home)
    runtime, agent, felix = node.containerd(home), node.kubelet(home), node.felix(home)
    daemons.start(runtime, home)
    _until(lambda: _ctr(home, "version").returncode == 0, (runtime,), home, say)
    load(home, node.IMAGES, say)
    daemons.start(agent, home)
    proxy = node.proxy(home)
    daemons.start(proxy, home)
    kubectl = Kubectl(home)
    _until(lambda: kubectl.ask("get", "node", plan.NODE).returncode == 0, (agent,), home, say)
    calico.name_node(kubectl)
    node.declare_storage(kubectl, home)
    daemons.start(felix, home)
    _until(lambda: _ready_node(kubectl), (agent, proxy, felix), home, say)


def _addons(home: Home, say: Say) -> None:
    load(home, addons.IMAGES, say)
    kubectl = Kubectl(home)
    kubectl.apply(addons.objects(home))
    for namespace, name in addons.WORKLOADS:
        say(f"waiting for {name}")
        kubectl.run("rollout", "status", f"deployment/{name}", f"--namespace={namespace}", f"--timeout={PATIENCE:.0f}s")


def _outside(home: Home, say: Say) -> None:
    doors = plan.Doors.here()
    inside = ("ip", "netns", "exec", plan.INTERNET.name, sys.executable, "-m", "lab.internet")
    way_in = (sys.executable, "-m", "lab.doors", str(kubeconfig.file(home)), str(doors.http), str(doors.https))
    importable = {"PYTHONPATH": str(Path(__file__).resolve().parents[1])}
    for name, command in (
        ("internet", (*inside, *map(str, internet.PORTS))),
        ("doors", way_in),
    ):
        daemons.start(daemons.Daemon(name, command, importable), home)


STEPS = (
    Step("programs and images of the cluster", _tools),
    Step("control plane", _control_plane),
    Step("kinds of objects", _definitions),
    Step("node", _node),
    Step("outside: the internet's stand-in, and the ports on loopback", _outside),
    Step("names, volumes, certificates and metrics", _addons),
)


def _until(ready: Callable[[], bool], parts: Collection[daemons.Daemon], home: Home, say: Say) -> None:
    """Wait until something holds, as long as the processes that it needs run."""
    names = " and ".join(part.name for part in parts)
    start = told = time.monotonic()
    while not ready():
        for part in parts:
            daemons.check_alive(part, home)
        now = time.monotonic()
        if now - start > PATIENCE:
            logs = ", ".join(str(part.log(home)) for part in parts)
            what = f"did not get ready within {PATIENCE:.0f} s"
            raise BadInput([Problem((names,), what, f"read {logs}, then run `lab up` again")])
        if now - told > 10:
            told = now
            say(f"waiting for {names}, {now - start:.0f} s so far")
        time.sleep(0.2)


def _ready_node(kubectl: Kubectl) -> bool:
    conditions = (condition for one in kubectl.items("nodes") for condition in one["status"].get("conditions", ()))
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


def _ctr(home: Home, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["ctr", "--address", str(node.socket(home)), "--namespace", "k8s.io", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _node_images(home: Home) -> dict[str, str]:
    """Return which archive each image of the node came from."""
    folder = home.state / "imported"
    return {json.loads(file.read_text("utf-8"))["name"]: file.stem for file in _records(folder)}


def _records(folder: Path) -> Iterator[Path]:
    return folder.glob("*.json")


def _import(home: Home, name: str, archive: Path) -> None:
    done = _ctr(home, "images", "import", "--all-platforms", str(archive))
    if done.returncode != 0:
        raise BadInput([Problem((name,), f"cannot be imported: {done.stderr.strip()}", "run the command again")])
    record = home.state / "imported" / f"{archive.name}.json"
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps({"name": name}), "utf-8")
