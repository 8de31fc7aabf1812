"""No packet leaves the machine from a pod, and none from a neighbour of the machine gets to the cluster."""

import subprocess
from collections.abc import Iterator

import pytest

from quadrant_platform.lab.machine import network_plan
from tests.cluster.cluster import Cluster, Manifest, eventually
from tests.cluster.namespaces import Place, Target, connect, listening, of_addresses
from tests.cluster.stand_ins import namespace, pod, standing

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("packets")]
SPACE, PORT = "tests-fence", 7000
NEIGHBOUR, LINK = "tests-neighbour", "tests-nb"
OURS, ITS = "203.0.113.129", "203.0.113.130"
"""Addresses of the machine and of its neighbour, which rules towards the internet allow."""
INTERNET: Manifest = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "internet", "namespace": SPACE},
    "spec": {
        "podSelector": {},
        "policyTypes": ["Egress"],
        "egress": [{"to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}}]}],
    },
}
SERVICE: Manifest = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "here", "namespace": SPACE},
    "spec": {"selector": {"app": "here"}, "ports": [{"port": PORT}]},
}


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


@pytest.fixture
def neighbour(cluster: Cluster) -> Iterator[Place]:
    """A host on a network of the machine's, with the machine as its way to everywhere."""
    if not cluster.lab:
        pytest.skip("needs lab: what leaves the nodes of another cluster is its own affair")
    subprocess.run(["ip", "netns", "delete", NEIGHBOUR], capture_output=True, check=False)
    ip("netns", "add", NEIGHBOUR)
    try:
        ip("link", "add", LINK, "type", "veth", "peer", "name", "eth0", "netns", NEIGHBOUR)
        ip("address", "add", OURS, "peer", ITS, "dev", LINK)
        ip("link", "set", LINK, "up")
        ip("-n", NEIGHBOUR, "address", "add", ITS, "peer", OURS, "dev", "eth0")
        ip("-n", NEIGHBOUR, "link", "set", "eth0", "up")
        ip("-n", NEIGHBOUR, "route", "add", "default", "via", OURS)
        yield Place.named(NEIGHBOUR)
    finally:
        ip("netns", "delete", NEIGHBOUR)


@pytest.fixture
def here(cluster: Cluster) -> Iterator[tuple[str, str]]:
    """The addresses of a pod that may go to the internet, and of the Service that leads to it."""
    cluster.apply([namespace(SPACE)])
    cluster.apply([INTERNET, SERVICE])
    try:
        with standing(cluster, [pod(SPACE, "here", {"app": "here"})]) as addresses:
            service = cluster.one("service", SPACE, "here")["spec"]["clusterIP"]
            yield addresses[SPACE, "here"], service
    finally:
        cluster.delete([namespace(SPACE)])


def test_a_neighbour_reaches_no_pod_no_service_and_no_api_server(neighbour: Place, here: tuple[str, str]) -> None:
    address, service = here
    targets = [
        Target("TCP", address, PORT),
        Target("TCP", service, PORT),
        Target("TCP", network_plan.API_SERVICE, 443),
        Target("TCP", network_plan.NODE_ADDRESS, 6443),
        Target("TCP", network_plan.NODE_ADDRESS, 10250),
        Target("UDP", network_plan.DNS_SERVICE, 53),
        Target("TCP", network_plan.INTERNET.address, 443),
    ]
    client = Place.named(network_plan.CLIENT.name)
    with listening([(of_addresses()[address], [("TCP", PORT)])]):
        eventually(lambda: connect(client, targets[:2]) == ["open"] * 2, "pod and Service answer inside the lab")
        assert connect(neighbour, [Target("TCP", OURS, 9)]) == ["closed"], "the machine itself answers its neighbour"
        assert connect(neighbour, targets) == ["silent"] * len(targets), "the cluster is for this machine alone"


def test_a_pod_that_may_reach_the_internet_reaches_no_neighbour(neighbour: Place, here: tuple[str, str]) -> None:
    source = of_addresses()[here[0]]
    outside = [Target("TCP", network_plan.INTERNET.address, 443), Target("TCP", ITS, 443)]
    with listening([(neighbour, [("TCP", 443)])]):
        assert connect(Place(("env",)), [outside[1]]) == ["open"], "the machine reaches its neighbour, who listens"
        assert connect(source, outside) == ["open", "silent"], "the pod's internet is the stand-in, on this machine"
