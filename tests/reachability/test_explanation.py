"""Explanations of single connections."""

import pytest

from quadrant_platform.reachability import ContainerPort, Socket, explain
from tests.reachability.builders import TCP80, address_set, app, deny, permit, pod, policy

PODS = [
    pod("red/web", ContainerPort(80, "TCP", "http"), tier="front"),
    pod("red/api", ContainerPort(80), ContainerPort(53, "UDP", "dns"), tier="back"),
    pod("blue/api", ContainerPort(80), ContainerPort(8080, "TCP", "http")),
]
WEB, API, OTHER = "red/web", "red/api", "blue/api"
SOCKET = Socket("TCP", 80)


def test_an_explanation_names_policies_and_the_side_that_refuses() -> None:
    out = policy("red/out", app("web"), types=["Egress"], egress=permit([{"podSelector": app("api")}], TCP80))
    rules = [deny("red"), out]
    verdict = explain(WEB, API, SOCKET, rules, PODS)
    assert (verdict.allowed, verdict.egress, verdict.ingress) == (False, ("red/out",), ()), "egress is granted"
    assert verdict.missing == ("ingress of red/api: none of red/deny allows all of 80/TCP from red/web",), (
        "the reader must see which side to mend"
    )


def test_an_explanation_takes_address_sets_and_addresses() -> None:
    rule = policy("red/p", app("web"), types=["Egress"], egress=permit([{"ipBlock": {"cidr": "10.0.0.0/8"}}], TCP80))
    sets = [address_set("office", "10.0.0.0/9", "192.0.2.0/24")]
    assert explain(WEB, "10.1.1.1", SOCKET, [rule], PODS).allowed, "the address is inside"
    assert not explain(WEB, "office", SOCKET, [rule], PODS, sets).allowed, "a part of the set is outside"
    assert explain("192.0.2.1", OTHER, SOCKET, [rule], PODS).allowed, "nothing isolates the target"
    with pytest.raises(ValueError, match="nowhere"):
        explain("nowhere", OTHER, SOCKET, [rule], PODS)
