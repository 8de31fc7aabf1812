"""The lab's networks do not overlap, and the ports of the entry can be chosen."""

import ipaddress

import pytest

from quadrant_platform.documents.problems import BadInput
from quadrant_platform.lab.machine import network_plan


def test_networks_of_the_lab_do_not_overlap() -> None:
    outside = (f"{address}/32" for one in network_plan.EXTERNAL_HOSTS for address in (one.gateway, one.address))
    texts = (network_plan.PODS, network_plan.SERVICES, f"{network_plan.NODE_ADDRESS}/32", *outside)
    networks = [ipaddress.ip_network(text, strict=False) for text in texts]
    pairs = [(one, other) for one in networks for other in networks if one is not other]
    assert not [pair for pair in pairs if pair[0].overlaps(pair[1])], "a packet must have one way"


def test_the_stand_in_for_the_internet_is_no_address_that_egress_rules_except() -> None:
    excepted = [
        ipaddress.ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16")
    ]
    address = ipaddress.ip_address(network_plan.INTERNET.address)
    assert not [one for one in excepted if address in one], "rows to the internet would be refused for its address"


@pytest.mark.parametrize("text", ["http", "0", "65536", "-1", "80 80", "²"])
def test_an_entry_port_that_is_no_port_is_bad_input(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("LAB_HTTP_PORT", text)
    with pytest.raises(BadInput, match="LAB_HTTP_PORT"):
        network_plan.EntryPorts.here()


def test_the_entry_has_usual_ports_and_chosen_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_HTTPS_PORT", "9443")
    monkeypatch.delenv("LAB_HTTP_PORT", raising=False)
    assert network_plan.EntryPorts.here() == network_plan.EntryPorts(8000, 9443), "one may be chosen without the other"
