"""The cluster as a whole: up, down, how it is, and images for it."""

from __future__ import annotations

import sys
from collections.abc import Collection
from functools import partial
from pathlib import Path

from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.lab.build import debian, image_builds, program_builds
from quadrant_platform.lab.build.artifacts import Say, locked
from quadrant_platform.lab.kubernetes import (
    addons,
    authority,
    calico,
    control_plane,
    definitions,
    kubeconfig,
    node,
    node_settings,
)
from quadrant_platform.lab.kubernetes.kubeconfig import Kubectl
from quadrant_platform.lab.kubernetes.node_images import ctr, load
from quadrant_platform.lab.lifecycle import preflight, teardown
from quadrant_platform.lab.lifecycle.steps import Step, run
from quadrant_platform.lab.machine import daemons, network_plan, system_commands
from quadrant_platform.lab.machine.home import Home
from quadrant_platform.lab.network import connection, internet, links

__all__ = ["down", "load", "running", "up"]


def up(home: Home, say: Say, wanted: Collection[str] = ()) -> Path:
    """Bring the cluster up, going on where an earlier run ended, and return the administrator's kubeconfig.

    Images that are `wanted` come to the node as soon as it can take them, those that the lab cannot make excepted.
    BadInput, before anything is changed, where the machine cannot; and with the end of a log where a part ends.
    """
    system_commands.find_all()
    preflight.check(home, wanted)
    with locked(home.root / ".up.lock", "lab", say):
        run((*STEPS, Step(WANTED, frozenset({RUNTIME, PROGRAMS, IMAGES}), partial(_load, wanted))), home, say)
    return kubeconfig.file(home)


def down(home: Home, say: Say) -> None:
    """Remove the cluster and all its data; BadInput that names what could not be removed, or whose lab runs here."""
    system_commands.find_all()
    if found := links.other_lab(home):
        raise BadInput([found])
    with locked(home.root / ".up.lock", "lab", say):
        say("ending processes, pods, links and rules")
        left = teardown.tear_down(home)
    if left:
        remedy = "run `lab down` again; what stays even then needs a restart of the machine"
        raise BadInput(Problem(("lab",), f"is left: {one}", remedy) for one in left)


def running(home: Home) -> dict[str, bool]:
    """Return which of the lab's processes run; empty where it was never brought up."""
    return {name: daemons.recorded(home, name) is not None for name in daemons.names(home)}


def _packages(home: Home, say: Say) -> None:
    debian.install(debian.missing(), home, say)


def _programs(home: Home, say: Say) -> None:
    program_builds.ensure((*control_plane.PROGRAMS, *node.PROGRAMS), home, say)


def _images(home: Home, say: Say) -> None:
    image_builds.ensure((*node.IMAGES, *addons.IMAGES), home, say)


def _control_plane(home: Home, say: Say) -> None:
    authority.issue(home)
    kubeconfig.write(home)
    connection.connect(home)
    etcd, apiserver, *controllers = control_plane.daemons(home)
    daemons.start(etcd, home)
    daemons.start(apiserver, home)
    kubectl = Kubectl(home)
    daemons.wait_until(lambda: kubectl.ask("get", "--raw", "/readyz").returncode == 0, (etcd, apiserver), home, say)
    for controller in controllers:
        daemons.start(controller, home)


def _network_kinds(home: Home, say: Say) -> None:
    definitions.install(home, CALICO, definitions.of(definitions.CALICO, home, say))
    Kubectl(home).apply(calico.objects())


def _kinds(home: Home, say: Say) -> None:
    if not definitions.extra_folder().is_dir():
        say(f"no folder {definitions.extra_folder()}: kinds of CloudNativePG, k6, Linkerd stay unknown to the cluster")
    definitions.install(home, definitions.SOURCES, definitions.all_kinds(home, say))


def _runtime(home: Home, say: Say) -> None:
    for name in node_settings.write(home):
        daemons.stop(home, name)
    runtime = node.containerd(home)
    daemons.start(runtime, home)
    daemons.wait_until(lambda: ctr(home, "version").returncode == 0, (runtime,), home, say)


def _load(wanted: Collection[str], home: Home, say: Say) -> None:
    load(home, wanted, say)


def _node(home: Home, say: Say) -> None:
    agent, felix = node.kubelet(home), node.felix(home)
    load(home, node.IMAGES, say)
    daemons.start(agent, home)
    proxy = node.proxy(home)
    daemons.start(proxy, home)
    kubectl = Kubectl(home)
    daemons.wait_until(lambda: kubectl.ask("get", "node", network_plan.NODE).returncode == 0, (agent,), home, say)
    calico.name_node(kubectl)
    node.declare_storage(kubectl, home)
    daemons.start(felix, home)
    daemons.wait_until(lambda: _ready_node(kubectl), (agent, proxy, felix), home, say)


def _addons(home: Home, say: Say) -> None:
    load(home, addons.IMAGES, say)
    kubectl = Kubectl(home)
    kubectl.apply(addons.objects(home))
    for namespace, name in addons.WORKLOADS:
        say(f"waiting for {name}")
        kubectl.run(
            "rollout", "status", f"deployment/{name}", f"--namespace={namespace}", f"--timeout={daemons.PATIENCE:.0f}s"
        )


def _outside(home: Home, _: Say) -> None:
    doors = network_plan.EntryPorts.here()
    inside = (
        "ip",
        "netns",
        "exec",
        network_plan.INTERNET.name,
        sys.executable,
        "-m",
        "quadrant_platform.lab.network.internet",
    )
    way_in = (
        sys.executable,
        "-m",
        "quadrant_platform.lab.network.load_balancer",
        str(kubeconfig.file(home)),
        str(doors.http),
        str(doors.https),
    )
    importable = {"PYTHONPATH": str(Path(__file__).resolve().parents[3])}
    for name, command in (
        ("internet", (*inside, str(authority.folder(home)), *map(str, internet.PORTS))),
        ("doors", way_in),
    ):
        daemons.start(daemons.Daemon(name, command, importable), home)


def _ready_node(kubectl: Kubectl) -> bool:
    conditions = (condition for one in kubectl.items("nodes") for condition in one["status"].get("conditions", ()))
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


CALICO = (definitions.CALICO,)
PACKAGES, PROGRAMS, IMAGES = "Debian packages", "programs", "images of the cluster's own pods"
CONTROL, NETWORK_KINDS, KINDS = "control plane", "kinds of the network", "kinds of the systems' operators"
RUNTIME, WANTED = "containerd", "images of the stack"
NODE, ADDONS = "node", "names, volumes, certificates and metrics"
OUTSIDE = "outside: the internet's stand-in, and the ports on loopback"
STEPS = (
    Step(PACKAGES, frozenset(), _packages),
    Step(PROGRAMS, frozenset(), _programs),
    Step(IMAGES, frozenset({PACKAGES}), _images),
    Step(CONTROL, frozenset({PACKAGES, PROGRAMS}), _control_plane),
    Step(NETWORK_KINDS, frozenset({CONTROL}), _network_kinds, lambda home: definitions.installed(home, CALICO)),
    Step(RUNTIME, frozenset({PACKAGES}), _runtime),
    Step(NODE, frozenset({IMAGES, NETWORK_KINDS, RUNTIME}), _node),
    Step(KINDS, frozenset({CONTROL}), _kinds, lambda home: definitions.installed(home, definitions.SOURCES)),
    Step(OUTSIDE, frozenset({CONTROL}), _outside),
    Step(ADDONS, frozenset({NODE, KINDS}), _addons),
)
"""Kinds come while the node starts: they take as long."""
