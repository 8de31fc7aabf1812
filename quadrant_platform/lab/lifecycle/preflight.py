"""Why a machine cannot run the lab, found before anything on it is changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.lab.lifecycle.machine_state import MachineState, inspect_machine
from quadrant_platform.lab.machine.home import Home

MEMORY = 3_500
"""Megabytes that the cluster and one system take together."""
DISK = 4_000
"""Megabytes of images that the node unpacks, and of volumes."""
PLATFORM = ("Linux", "x86_64")
ELSEWHERE = "set KUBECONFIG to use another cluster"


def check(home: Home, wanted: Collection[str] = ()) -> None:
    """Raise BadInput with every reason why the lab, with `wanted` images on its node, could not come up here."""
    if found := tuple(problems(inspect_machine(home, wanted))):
        raise BadInput(found)


def problems(machine: MachineState) -> Iterator[Problem]:
    """Yield every reason why the lab could not come up on a machine."""
    if machine.other_lab:
        yield machine.other_lab
    else:
        yield from _without_other_lab(machine)


def _without_other_lab(machine: MachineState) -> Iterator[Problem]:
    if machine.platform != PLATFORM:
        yield Problem(("machine",), f"is {' '.join(machine.platform)}, and the lab needs Linux on x86_64", ELSEWHERE)
    if not machine.root:
        yield Problem(("user",), "is not root, who makes network namespaces and runs pods", "run it with sudo")
    yield from machine.kernel
    if not machine.running:
        yield from _resources(machine)
    yield from _conflicts(machine)
    yield from machine.builds


def _resources(machine: MachineState) -> Iterator[Problem]:
    """Yield what a lab that does not run yet would not find enough of."""
    if machine.memory < MEMORY:
        what = f"has {machine.memory} MB free, and the lab with one system takes {MEMORY}"
        yield Problem(("memory",), what, f"`ps aux --sort=-rss | head` names what takes it; or {ELSEWHERE}")
    if machine.disk < DISK:
        what = f"has {machine.disk} MB free, and the lab with one system takes {DISK}"
        yield Problem(("disk",), what, "free some, or set QUADRANT_LAB_HOME to a folder on a larger one")


def _conflicts(machine: MachineState) -> Iterator[Problem]:
    """Yield what the lab needs and something else on the machine has."""
    for address, port, purpose in machine.taken:
        variable = purpose.partition("(")[2].rstrip(")")
        other = f", or give another port: {variable}=" if variable else ""
        what = f"of {address} is taken, and {purpose} needs it"
        yield Problem((f"port {port}",), what, f"`ss -ltnp 'sport = :{port}'` names its owner; end that{other}")
    for one, link in machine.routed:
        remedy = f"`ip route` shows the route; remove it, or {ELSEWHERE}"
        yield Problem((f"network {one}",), f"leads to {link} on this machine, and the lab needs it", remedy)
    if machine.link_conflict:
        yield machine.link_conflict
    for what in machine.foreign:
        yield Problem(("machine",), f"has {what}, of another Kubernetes node", ELSEWHERE)
