"""A lab's network comes and goes without harm to what the machine has already."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from quadrant_platform.lab.machine import network_plan
from tests.cluster.bare_machine import Bare, bare, unable

pytestmark = pytest.mark.lab
POD = "10.244.0.5"


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Bare]:
    """A machine in a cloud: its metadata service has a way of its own."""
    if reason := unable():
        pytest.skip(f"needs lab: {reason}")
    with bare(tmp_path) as machine:
        machine.ip("link", "add", "cloud", "type", "veth", "peer", "name", "cloud-far")
        machine.ip("link", "set", "cloud", "up")
        machine.ip("route", "add", network_plan.METADATA, "dev", "cloud")
        yield machine


def way(machine: Bare, *more: str) -> str:
    """The link by which the machine sends packets to the metadata address."""
    (found,) = machine.asked("route", "get", network_plan.METADATA, *more)
    return str(found["dev"])


def test_the_machine_keeps_its_own_metadata_service_while_pods_meet_the_stand_in(machine: Bare) -> None:
    machine.connect()
    assert way(machine) == "cloud", "the machine's agents ask the real one"
    assert way(machine, "from", POD, "iif", network_plan.NODE_LINK) == network_plan.INTERNET.link, (
        "pods' packets stay in the lab"
    )
    machine.connect()
    assert len(machine.asked("rule")) == 4, "to go on after an interruption adds no second rule"


def test_ways_and_rules_of_routing_are_afterwards_as_before(machine: Bare) -> None:
    before = machine.asked("route"), machine.asked("rule")
    machine.connect()
    done = machine.down()
    assert done.returncode == 0, f"the lab names what is left: {done.stderr}"
    assert (machine.asked("route"), machine.asked("rule")) == before, "the machine needs no repair"
    assert machine.links == {"lo", "cloud", "cloud-far"}, "links of the lab are gone"


def test_another_folders_lab_is_neither_removed_nor_joined(machine: Bare) -> None:
    machine.connect(machine.home("big lab"))
    before = machine.links
    done = machine.down()
    assert done.returncode == 2, "a user of another folder is refused"
    command = f"QUADRANT_LAB_HOME='{machine.home('big lab').root}' lab down"
    assert command in done.stderr, "what ends the lab that runs can be copied"
    assert machine.links == before, "the lab that runs keeps its links"
    refused = machine.python("node_network.connect(home)")
    assert "runs here" in refused.stderr, "a second lab does not come up under the first one"
    assert machine.down(machine.home("big lab")).returncode == 0, "its own folder's command removes it"
    assert network_plan.NODE_LINK not in machine.links, "with its link"


def test_a_users_own_link_with_the_nodes_name_is_left_alone(machine: Bare) -> None:
    machine.ip("link", "add", network_plan.NODE_LINK, "type", "bridge")
    found = machine.python("print(*preflight.problems(inspect_machine(home)))").stdout
    assert f"link {network_plan.NODE_LINK}: was not made by the lab" in found, "the conflict is reported at once"
    refused = machine.python("node_network.connect(home)")
    assert "was not made by the lab" in refused.stderr, "a user's bridge does not become the node"
    assert machine.down().returncode == 0, "there is no lab that had to be removed"
    assert network_plan.NODE_LINK in machine.links, "the bridge is still there"


def kill_after(machine: Bare, commands: int) -> None:
    """Start to connect, and end in the midst."""
    code = f"""
calls = []
def counted(*arguments, given=links.ip):
    given(*arguments)
    calls.append(arguments)
    if len(calls) == {commands}: raise SystemExit(9)
links.ip = counted
node_network.connect(home)"""
    assert machine.python(code).returncode == 9, "the start ends in the midst"
    assert machine.links > {"lo", "cloud", "cloud-far"}, "and leaves a link"


@pytest.mark.parametrize("commands", [1, 2, 3])
def test_a_start_goes_on_with_the_node_link_of_one_that_was_killed(machine: Bare, commands: int) -> None:
    kill_after(machine, commands)
    machine.connect()
    found = {one for one in machine.links if one.startswith(network_plan.NODE_LINK)}
    assert found == {network_plan.NODE_LINK}, "it is the very link, and known as this lab's"


@pytest.mark.parametrize("commands", [1, 2, 3])
def test_the_end_after_a_killed_start_leaves_no_node_link(machine: Bare, commands: int) -> None:
    kill_after(machine, commands)
    assert machine.down().returncode == 0, "the end succeeds"
    assert machine.links == {"lo", "cloud", "cloud-far"}, "the half-made link is gone"
