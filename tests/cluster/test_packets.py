"""Packets between real pods: every row of the matrix gets through, everything else does not."""

import pytest

from quadrant_platform.lab.machine import network_plan
from tests.cluster.cluster import Cluster
from tests.cluster.namespaces import Place, Target, connect_all
from tests.cluster.populated_system import peopled
from tests.cluster.world import World, peer_of
from tests.evidence.plugin import Figure
from tests.stacks import SYSTEMS

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("packets")]
RUNNING = "motovault"
"""The system whose own pods are asked; the others' policies are tried on pods with their labels."""


def demanded(system: str) -> pytest.MarkDecorator:
    """Return the mark of the rows whose edges are among the packets of a system."""
    rows = {"agents": ["NET-26"], "motovault-phase4": ["NET-20", "NET-21"], "pinky-promise": ["NET-24"]}
    return pytest.mark.demand(*rows.get(system, ()))


def judged(world: World) -> dict[tuple[str, str, Target], str]:
    """What came of every packet that a policy of ours decides."""
    asked = {source: list(world.targets(source)) for source in world.inside}
    asked = {
        source: [(peer, packet) for peer, packet in targets if world.judged(source, peer)]
        for source, targets in asked.items()
    }
    work = {source: (world.places[source], [packet for _, packet in targets]) for source, targets in asked.items()}
    answers = connect_all(work)
    return {
        (source, peer, packet): answers[source, packet] for source, targets in asked.items() for peer, packet in targets
    }


def check(world: World) -> int:
    """Compare every packet with the matrix, and the other way round; return how many were tried."""
    found = judged(world)
    leaks = [key for key, answer in found.items() if answer != "silent" and not world.allows(*key)]
    assert not leaks, f"{len(leaks)} packets got through without a row, such as {leaks[:5]}"
    refused = [key for key, answer in found.items() if answer != "open" and world.allows(*key)]
    assert not refused, f"{len(refused)} packets with a row did not get through, such as {refused[:5]}"
    tried = {(peer_of(source), peer_of(peer), packet.protocol, packet.port) for source, peer, packet in found}
    rows = {
        row for row in world.rows if row[0] in world.addresses and (row[1] in world.addresses or row[1] == "internet")
    }
    assert rows <= tried, f"rows that no packet tried: {sorted(rows - tried)}"
    return len(found)


def check_outside(world: World) -> int:
    """Try every pod from outside the cluster: only rows from the public get in; return how many were tried."""
    packets = {
        Target(protocol, address, port): peer
        for peer, address in world.addresses.items()
        if world.judged(peer, peer)
        for protocol, port in world.sockets
    }
    answers = connect_all({"public": (Place.named(network_plan.CLIENT.name), list(packets))})
    for (_, packet), answer in answers.items():
        row = world.allows("public", packets[packet], packet)
        expected = "a row from the public" if row else "no row from the public"
        assert (answer == "open") == row, f"{packets[packet]} has {expected} on {packet}, and it is {answer}"
        assert answer != "closed", f"{packets[packet]} refuses on {packet}, so a packet from outside got there"
    return len(answers)


@pytest.mark.prove("isolation", short=True)
@pytest.mark.demand("NET-02", "NET-12", "NET-13", "NET-14", "NET-15", "NET-16", "NET-18", "NET-19", "EGR-02")
@pytest.mark.usefixtures("motovault")
def test_running_pods_exchange_exactly_the_packets_that_the_matrix_lists(cluster: Cluster, figure: Figure) -> None:
    with peopled(cluster, RUNNING) as world:
        figure("packets", check(world) + check_outside(world))


@pytest.mark.prove("isolation")
@pytest.mark.parametrize(
    "system", [pytest.param(system, marks=demanded(system)) for system in SYSTEMS if system != RUNNING]
)
def test_pods_with_the_labels_of_a_system_exchange_exactly_its_packets(
    cluster: Cluster, system: str, figure: Figure
) -> None:
    with peopled(cluster, system) as world:
        figure("packets", check(world) + check_outside(world))
