"""The cluster as a whole: up, down, its processes, and images for it."""

from __future__ import annotations

import sys
from collections.abc import Collection
from functools import partial
from pathlib import Path

from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.host.checkout import ROOT
from quadrant_platform.host.kubectl import Kubectl
from quadrant_platform.host.progress import Say
from quadrant_platform.lab.build import debian, image_builds, program_builds
from quadrant_platform.lab.build.artifacts import locked
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
from quadrant_platform.lab.kubernetes.kubeconfig import kubectl
from quadrant_platform.lab.kubernetes.node_images import ctr, load
from quadrant_platform.lab.lifecycle import preflight, teardown
from quadrant_platform.lab.lifecycle.steps import Step, run
from quadrant_platform.lab.machine import daemons, network_plan, system_commands
from quadrant_platform.lab.machine.home import Home
from quadrant_platform.lab.network import internet, links, load_balancer, node_network

__all__ = ["down", "load", "running", "up"]

IMPORTABLE = {"PYTHONPATH": str(ROOT)}
"""For the lab's own programs, which run outside of this folder."""


def up(home: Home, say: Say, wanted: Collection[str] = ()) -> Path:
    """Start the cluster, continuing where an earlier run ended, and return the administrator's kubeconfig.

    Images that are `wanted` are imported as soon as the node can take them, except those that the lab cannot make.
    BadInput, before anything is changed, where the machine cannot run the lab; and with the end of a log where a part
    of the cluster ends.
    """
    system_commands.extend_path()
    preflight.check(home, wanted)
    with locked(home.root / ".up.lock", "lab", say):
        run((*STEPS, Step(WANTED, frozenset({RUNTIME, PROGRAMS, IMAGES}), partial(_load, wanted))), home, say)
    return kubeconfig.file(home)


def down(home: Home, say: Say) -> None:
    """Remove the cluster and all its data.

    BadInput that names what could not be removed, or the folder whose lab runs here instead.
    """
    system_commands.extend_path()
    if found := links.other_lab(home):
        raise BadInput([found])
    with locked(home.root / ".up.lock", "lab", say):
        say("ending processes, pods, links and rules")
        remaining = teardown.tear_down(home)
    if remaining:
        remedy = "run `lab down` again; what stays even then needs a restart of the machine"
        raise BadInput(Problem(("lab",), f"is left: {one}", remedy) for one in remaining)


def running(home: Home) -> dict[str, bool]:
    """Return which of the lab's processes run; empty where it was never started."""
    return {name: daemons.running(home, name) is not None for name in daemons.names(home)}


def _packages(home: Home, say: Say) -> None:
    debian.install(debian.missing(), home, say)


def _programs(home: Home, say: Say) -> None:
    program_builds.ensure((*control_plane.PROGRAMS, *node.PROGRAMS), home, say)


def _images(home: Home, say: Say) -> None:
    image_builds.ensure((*node.IMAGES, *addons.IMAGES), home, say)


def _control_plane(home: Home, say: Say) -> None:
    authority.issue(home)
    kubeconfig.write(home)
    node_network.connect(home)
    etcd, apiserver, *controllers = control_plane.daemons(home)
    daemons.start(etcd, home)
    daemons.start(apiserver, home)
    client = kubectl(home)
    daemons.wait_until(lambda: client.run("get", "--raw", "/readyz").code == 0, (etcd, apiserver), home, say)
    for controller in controllers:
        daemons.start(controller, home)


def _network_definitions(home: Home, say: Say) -> None:
    definitions.install(home, CALICO, definitions.published_by(definitions.CALICO, home, say))
    kubectl(home).apply(calico.objects())


def _definitions(home: Home, say: Say) -> None:
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
    client = kubectl(home)
    daemons.wait_until(lambda: client.run("get", "node", network_plan.NODE).code == 0, (agent,), home, say)
    calico.annotate_node(client)
    node.declare_storage(client, home)
    daemons.start(felix, home)
    daemons.wait_until(lambda: _ready_node(client), (agent, proxy, felix), home, say)


def _addons(home: Home, say: Say) -> None:
    load(home, addons.IMAGES, say)
    client = kubectl(home)
    client.apply(addons.objects(home))
    for namespace, name in addons.WORKLOADS:
        say(f"waiting for {name}")
        timeout = f"--timeout={daemons.PATIENCE:.0f}s"
        client.need("rollout", "status", f"deployment/{name}", f"--namespace={namespace}", timeout)


def _outside(home: Home, _: Say) -> None:
    entry = network_plan.EntryPorts.here()
    inside = ("ip", "netns", "exec", network_plan.INTERNET.name)
    server = (sys.executable, "-m", internet.__name__, str(authority.folder(home)), *map(str, internet.PORTS))
    balancer = (sys.executable, "-m", load_balancer.__name__, str(kubeconfig.file(home)))
    ports = (str(entry.http), str(entry.https))
    daemons.start(daemons.Daemon("internet", (*inside, *server), IMPORTABLE), home)
    daemons.start(daemons.Daemon("load-balancer", (*balancer, *ports), IMPORTABLE), home)


def _ready_node(client: Kubectl) -> bool:
    conditions = (one for node in client.objects("get", "nodes") for one in node["status"].get("conditions", ()))
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


CALICO = (definitions.CALICO,)
PACKAGES, PROGRAMS, IMAGES = "Debian packages", "programs", "images of the cluster's own pods"
CONTROL, NETWORK_DEFINITIONS, DEFINITIONS = "control plane", "definitions of the network", "definitions of the systems"
RUNTIME, WANTED = "containerd", "images of the stack"
NODE, ADDONS = "node", "DNS, volumes, certificates and metrics"
OUTSIDE = "outside: the internet's stand-in, and the ports on loopback"
STEPS = (
    Step(PACKAGES, frozenset(), _packages),
    Step(PROGRAMS, frozenset(), _programs),
    Step(IMAGES, frozenset({PACKAGES}), _images),
    Step(CONTROL, frozenset({PACKAGES, PROGRAMS}), _control_plane),
    Step(
        NETWORK_DEFINITIONS,
        frozenset({CONTROL}),
        _network_definitions,
        lambda home: definitions.installed(home, CALICO),
    ),
    Step(RUNTIME, frozenset({PACKAGES}), _runtime),
    Step(NODE, frozenset({IMAGES, NETWORK_DEFINITIONS, RUNTIME}), _node),
    Step(
        DEFINITIONS,
        frozenset({CONTROL}),
        _definitions,
        lambda home: definitions.installed(home, definitions.SOURCES),
    ),
    Step(OUTSIDE, frozenset({CONTROL}), _outside),
    Step(ADDONS, frozenset({NODE, DEFINITIONS}), _addons),
)
"""The definitions are installed while the node starts: they take as long."""
