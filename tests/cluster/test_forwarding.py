"""A machine that runs a lab is a router for the lab alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from quadrant_platform.lab.machine import network_plan
from tests.cluster.bare_machine import Bare, bare, unable

pytestmark = pytest.mark.lab
LEFT, RIGHT, LATER = "192.0.2", "198.51.100", "203.0.113"


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Bare]:
    """A machine between two networks."""
    if reason := unable():
        pytest.skip(f"needs lab: {reason}")
    with bare(tmp_path) as machine:
        machine.host("left", LEFT)
        machine.host("right", RIGHT)
        yield machine


def forward(machine: Bare) -> None:
    """Make a router of the machine, as Docker does."""
    machine.run("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
    assert machine.reaches("left", f"{RIGHT}.2"), "packets get through, so that silence means something"


def test_networks_that_the_machine_kept_apart_stay_apart(machine: Bare) -> None:
    machine.connect()
    assert machine.forwards, "pods need it"
    assert machine.reaches("left", f"{LEFT}.1"), "the machine itself answers its neighbours as before"
    assert not machine.reaches("left", f"{RIGHT}.2"), "no way for others is opened on the way"


def test_a_router_goes_on_to_be_one_during_a_run_and_after_it(machine: Bare) -> None:
    forward(machine)
    machine.connect()
    assert machine.reaches("left", f"{RIGHT}.2"), "the lab leaves the packets of others alone"
    assert machine.down().returncode == 0, "the lab ends"
    assert machine.reaches("left", f"{RIGHT}.2"), "and what went before still goes"


def test_a_machine_that_did_not_forward_before_does_not_forward_after(machine: Bare) -> None:
    machine.connect()
    assert machine.down().returncode == 0, "the lab ends"
    assert not machine.forwards, "the machine is left as it was found"


def test_what_came_during_a_run_and_needs_a_router_keeps_it(machine: Bare) -> None:
    machine.connect()
    machine.host("engine", LATER)
    assert machine.reaches("engine", f"{RIGHT}.2"), "a container engine that starts meanwhile works"
    assert machine.down().returncode == 0, "the lab ends"
    assert machine.reaches("engine", f"{RIGHT}.2"), "its containers do not lose their way with the lab"


def test_neighbours_of_a_router_do_not_reach_the_labs_addresses(machine: Bare) -> None:
    forward(machine)
    machine.connect()
    addresses = (
        network_plan.NODE_ADDRESS,
        *(outside.gateway for outside in network_plan.EXTERNAL_HOSTS),
        network_plan.INTERNET.address,
    )
    assert not [one for one in addresses if machine.reaches("left", one)], "the lab is for this machine alone"
    machine.run("nft", "delete", "table", "inet", "quadrant-lab")
    assert machine.reaches("left", network_plan.NODE_ADDRESS), "without the lab's own rules it would"


def test_what_is_in_the_lab_does_not_reach_neighbours_of_a_router(machine: Bare) -> None:
    forward(machine)
    machine.connect()
    assert not machine.reaches(network_plan.INTERNET.name, f"{RIGHT}.2"), "no packet of the lab leaves the machine"
    assert machine.reaches(network_plan.INTERNET.name, network_plan.NODE_ADDRESS), "within it, everything goes on"
    machine.run("nft", "delete", "table", "inet", "quadrant-lab")
    assert machine.reaches(network_plan.INTERNET.name, f"{RIGHT}.2"), "without the lab's own rules one would"
