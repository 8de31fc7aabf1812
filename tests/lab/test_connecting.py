"""A lab's network comes and goes without harm to what the machine has already."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import plan
from tests.lab.bare import Bare, bare

pytestmark = pytest.mark.lab
POD = "10.244.0.5"


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Bare]:
    """A machine in a cloud: its metadata service has a way of its own."""
    if os.geteuid() != 0:
        pytest.skip("needs lab: only root makes network namespaces")
    if shutil.which("nft") is None or shutil.which("ip") is None:
        pytest.skip("needs lab: the packages nftables and iproute2 come with the first `lab up`")
    with bare(tmp_path) as machine:
        machine.ip("link", "add", "cloud", "type", "veth", "peer", "name", "cloud-far")
        machine.ip("link", "set", "cloud", "up")
        machine.ip("route", "add", plan.METADATA, "dev", "cloud")
        yield machine


def way(machine: Bare, *more: str) -> str:
    """The link by which the machine sends packets to the metadata address."""
    (found,) = machine.asked("route", "get", plan.METADATA, *more)
    return str(found["dev"])


def test_the_machine_keeps_its_own_metadata_service_while_pods_meet_the_stand_in(machine: Bare) -> None:
    machine.connect()
    assert way(machine) == "cloud", "the machine's agents ask the real one"
    assert way(machine, "from", POD, "iif", plan.NODE_LINK) == plan.INTERNET.link, "pods' packets stay in the lab"
    machine.connect()
    assert len(machine.asked("rule")) == 4, "to go on after an interruption adds no second rule"


def test_ways_and_rules_of_routing_are_afterwards_as_before(machine: Bare) -> None:
    before = machine.asked("route"), machine.asked("rule")
    machine.connect()
    done = machine.down()
    assert done.returncode == 0, f"the lab says itself what is left: {done.stderr}"
    assert (machine.asked("route"), machine.asked("rule")) == before, "nobody needs to mend the machine"
    assert machine.links == {"lo", "cloud", "cloud-far"}, "links of the lab are gone"
