"""There is no window at start-up: a pod that has just begun to run is as isolated as it is later."""

import ipaddress
from collections.abc import Iterator

import pytest

from quadrant_platform.lab.machine import network_plan
from tests.cluster.cluster import Cluster, Manifest
from tests.cluster.namespaces import Target, of_addresses, watching
from tests.cluster.stand_ins import namespace, pod, standing
from tests.stacks import of_kind

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("packets")]
HELD, FREE = "tests-held", "tests-free"
PORT = 7000
LISTEN = {"image": "docker.io/library/busybox:1.37.0", "command": ["sh", "-c", f"exec nc -l -k -p {PORT}"]}
MANY = 12
"""So many start at once, which is the load."""


@pytest.fixture
def places(cluster: Cluster) -> Iterator[None]:
    """A namespace that our default-deny holds, and one that nothing holds."""
    spaces = [namespace(HELD), namespace(FREE)]
    deny: Manifest = next(one for one in of_kind("motovault", "dev", "NetworkPolicy") if is_default_deny(one))
    held = {**deny, "metadata": {"name": "default-deny", "namespace": HELD}}
    cluster.apply(spaces)
    cluster.apply([held])
    yield
    cluster.delete(spaces)


def is_default_deny(policy: Manifest) -> bool:
    """Whether it is the policy that every segment begins with."""
    return bool(policy["metadata"]["name"] == "default-deny")


@pytest.mark.usefixtures("places")
def test_a_pod_that_starts_under_load_is_never_reached_without_a_row(cluster: Cluster) -> None:
    held = [pod(HELD, f"held-{number}", {}, **LISTEN) for number in range(MANY)]
    free = [pod(FREE, "free", {}, **LISTEN)]
    with standing(cluster, [pod(FREE, "watcher", {})]) as watcher:
        address = watcher[FREE, "watcher"]
        every = (str(one) for one in ipaddress.ip_network(network_plan.PODS).hosts())
        targets = [Target("TCP", one, PORT) for one in every if one != address]
        place = of_addresses()[address]
        with watching(place, targets) as seen, standing(cluster, [*held, *free]) as addresses:
            pass
    reached = {name for (_, name), address in addresses.items() if address in seen}
    assert "free" in reached, "the watcher sees a pod that starts and that nothing holds"
    assert reached == {"free"}, "a pod was reached before its policies were in force"
