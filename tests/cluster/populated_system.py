"""A system whose every peer has a pod: its own where it runs, else a stand-in."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from quadrant_platform.applier import configure_stack
from quadrant_platform.lab.machine import network_plan
from quadrant_platform.program.traffic import Traffic
from tests.cluster.cluster import Cluster, Manifest
from tests.cluster.namespaces import Place, listening, of_addresses
from tests.cluster.stand_ins import namespace, pod, standing
from tests.cluster.world import INTRUDER, Peers, Row, World, rows_of

NETWORK = {"network": {"apiServer": {"cidrs": [f"{network_plan.API_SERVICE}/32", f"{network_plan.NODE_ADDRESS}/32"]}}}


@contextmanager
def peopled(cluster: Cluster, system: str) -> Iterator[World]:
    """The world of a system in its dev stack; namespaces and policies are applied where the system is not up."""
    manifests = configure_stack(system, "dev", NETWORK).recorded().manifests()
    matrix = Traffic(manifests).matrix
    with ground(cluster, manifests, matrix["peers"]):
        addresses, rows = running(cluster, matrix["peers"]), rows_of(matrix)
        missing = {name: one for name, one in pods_of(matrix["peers"], rows).items() if name not in addresses}
        with standing(cluster, list(missing.values())) as stood:
            for peer, manifest in missing.items():
                addresses[peer] = stood[manifest["metadata"]["namespace"], manifest["metadata"]["name"]]
            places = of_addresses()
            world = World(matrix["peers"], rows, addresses, {p: places[a] for p, a in addresses.items()})
            with listening(listeners(world, list(missing))):
                yield world


@contextmanager
def ground(cluster: Cluster, manifests: list[Manifest], peers: Peers) -> Iterator[None]:
    """The namespaces of all peers, and the policies in them; those that were not there go again."""
    live = {one["metadata"]["name"] for one in cluster.items("namespaces")}
    spaces = {one["metadata"]["name"]: one for one in manifests if one["kind"] == "Namespace"}
    others = {peer["namespace"] for peer in peers.values() if peer["kind"] == "control"} | {INTRUDER.split("/")[0]}
    added = {name: spaces.get(name) or namespace(name) for name in {*spaces, *others} - live}
    try:
        cluster.apply(list(added.values()))
        policies = (one for one in manifests if one["kind"] == "NetworkPolicy")
        cluster.apply([one for one in policies if one["metadata"]["namespace"] in added])
        yield
    finally:
        cluster.delete(list(added.values()))


def pods_of(peers: Peers, rows: frozenset[Row]) -> dict[str, Manifest]:
    """A stand-in for each peer that is pods, two where these talk among themselves; and the intruder."""
    found = {
        peer: pod(described["namespace"], f"stand-in-{peer.rpartition('/')[2]}", described["labels"])
        for peer, described in peers.items()
        if described["kind"] != "cidr"
    }
    for peer in {source for source, target, *_ in rows if source == target}:
        described = peers[peer]
        found[f"{peer}#2"] = pod(described["namespace"], f"stand-in-{peer.rpartition('/')[2]}-2", described["labels"])
    outside, name = INTRUDER.split("/")
    return found | {INTRUDER: pod(outside, name, {})}


def running(cluster: Cluster, peers: Peers) -> dict[str, str]:
    """The addresses of peers that have a ready pod of their own."""
    found = dict[str, str]()
    for one in cluster.items("pods", "--all-namespaces", "--selector=!quadrant.dev/stand-in"):
        ready = any(c["type"] == "Ready" and c["status"] == "True" for c in one["status"].get("conditions", ()))
        for peer, described in peers.items() if ready else ():
            if is_of(one, described):
                found[peer] = one["status"]["podIP"]
    return found


def is_of(one: Manifest, peer: Mapping[str, object]) -> bool:
    """Whether a pod is one of a peer's."""
    labels, metadata = peer.get("labels"), one["metadata"]
    same = metadata["namespace"] == peer.get("namespace") and "deletionTimestamp" not in metadata
    return same and isinstance(labels, dict) and labels.items() <= metadata["labels"].items()


def listeners(world: World, peers: list[str]) -> Iterator[tuple[Place, list[tuple[str, int]]]]:
    """Where to listen: on every port of a system, at every stand-in."""
    return ((world.places[peer], world.sockets) for peer in peers)
