"""The cluster that these tests run on: the one that KUBECONFIG names, else the lab."""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from quadrant_platform.lab.lifecycle import cluster as lab_cluster
from quadrant_platform.lab.lifecycle.machine_state import inspect_machine
from quadrant_platform.lab.lifecycle.preflight import problems
from quadrant_platform.lab.machine.home import Home
from tests.cluster.cluster import Cluster, eventually
from tests.cluster.namespaces import Target, connect, listening, of_addresses
from tests.cluster.platform import motovault
from tests.cluster.public_entry import entry
from tests.cluster.stand_ins import namespace, pod, standing

__all__ = ["cluster", "entry", "motovault", "packets"]

NO_WAY = "needs lab: "


def say(line: str) -> None:
    """Show what the cluster waits for, unless it is captured."""
    print(line, file=sys.stderr, flush=True)


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """A cluster that answers. It stays up, since the next run is then quick; `make down` removes it."""
    if chosen := os.environ.get("KUBECONFIG"):
        return Cluster(Path(shutil.which("kubectl") or Home.here().bin / "kubectl"), Path(chosen), lab=False)
    if found := list(problems(inspect_machine(Home.here()))):
        pytest.skip(NO_WAY + "; ".join(str(one) for one in found))
    kubeconfig = lab_cluster.up(Home.here(), say)
    return Cluster(Home.here().bin / "kubectl", kubeconfig, lab=True)


@pytest.fixture(scope="session")
def packets(cluster: Cluster) -> None:
    """The machine lets us into the pods' network namespaces, and the cluster enforces policies."""
    if os.geteuid() != 0:
        pytest.skip(NO_WAY + "only root enters the network namespaces of pods")
    if not enforces(cluster):
        refusal = "this cluster accepts NetworkPolicies and does not enforce them"
        assert not cluster.lab, f"{refusal}; read the log of Felix: lab logs calico-felix"
        pytest.skip(NO_WAY + refusal)


def enforces(cluster: Cluster) -> bool:
    """Whether a policy that denies everything stops a packet that came through before."""
    name = "tests-enforcement"
    deny = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "deny", "namespace": name},
        "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
    }
    cluster.apply([namespace(name)])
    try:
        with standing(cluster, [pod(name, "from", {}), pod(name, "to", {})]) as addresses:
            places = of_addresses()
            there = places.get(addresses[name, "to"])
            if there is None:
                pytest.skip(NO_WAY + "the pods of this cluster run on another machine")
            target = Target("TCP", addresses[name, "to"], 7000)
            with listening([(there, [("TCP", 7000)])]):
                source = places[addresses[name, "from"]]
                eventually(lambda: connect(source, [target]) == ["open"], "pods without policies reach each other")
                cluster.apply([deny])
                return _within(lambda: connect(source, [target]) == ["silent"])
    finally:
        cluster.delete([namespace(name)])


def _within(holds: Callable[[], bool]) -> bool:
    try:
        eventually(holds, "the policy is enforced", seconds=20)
    except AssertionError:
        return False
    return True
