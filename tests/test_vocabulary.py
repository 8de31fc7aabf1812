"""The shared names mean one thing each, and the private ranges hold everything that is not the internet."""

from ipaddress import ip_address, ip_network

import pytest

from quadrant_platform import vocabulary

NAMES = {
    name: value
    for name, value in vars(vocabulary).items()
    if name.endswith(("_LABEL", "_PREFIX", "_ANNOTATION")) and isinstance(value, str)
}


def test_every_label_and_annotation_has_one_name() -> None:
    assert len(set(NAMES.values())) == len(NAMES), "two names for one label would drift apart"


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.170.2",
        "169.254.170.23",
        "100.100.100.200",
        "fd00:ec2::254",
        "100.64.0.1",
        "10.0.0.1",
    ],
)
def test_addresses_of_metadata_services_and_pods_are_private(address: str) -> None:
    ranges = [ip_network(text) for text in vocabulary.PRIVATE_RANGES]
    assert any(ip_address(address) in one for one in ranges), f"{address} is no part of the internet"
