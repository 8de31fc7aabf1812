"""Addresses that are chosen for Services follow from their names, and keep out of the way of Kubernetes' own choice."""

from ipaddress import ip_network
from itertools import islice

import pytest

from quadrant_platform.model.expansion.service_addresses import candidates, chosen, guesses, spans_of


@pytest.mark.parametrize(
    ("block", "last"),
    [
        ("10.96.0.0/24", "10.96.0.16"),
        ("10.96.0.0/16", "10.96.1.0"),
        ("10.96.0.0/12", "10.96.1.0"),
        ("fd00:10:96::/112", "fd00:10:96::100"),
    ],
)
def test_the_band_that_kubernetes_hands_out_last_is_taken_first(block: str, last: str) -> None:
    band, rest, _ = spans_of(ip_network(block))
    assert str(band.last) == last, "the example of Kubernetes' documentation on the allocation of ClusterIPs"
    assert rest.first == band.last + 1, "what is dynamic comes after it"


@pytest.mark.parametrize(
    ("block", "usable"),
    [("10.0.0.0/24", 254), ("10.0.0.64/27", 30), ("10.0.0.0/28", 14), ("10.0.0.0/30", 2), ("fd00::/120", 255)],
)
def test_every_usable_address_of_a_range_is_tried_once(block: str, usable: int) -> None:
    tried = list(candidates("shop-frontend/egress-customs", spans_of(ip_network(block))))
    assert len(tried) == len(set(tried)) == usable, "all but the network, and in IPv4 the broadcast address"


def test_the_first_ten_addresses_are_the_last_resort() -> None:
    tried = list(candidates("shop-frontend/egress-customs", spans_of(ip_network("10.0.0.0/24"))))
    assert {f"10.0.0.{number}" for number in range(1, 11)} == set(tried[-10:]), "the API's, the resolver's and the like"


def test_a_range_of_any_size_is_tried_without_listing_it() -> None:
    first = list(islice(candidates("a/b", spans_of(ip_network("fd00::/64"))), 3))
    assert len(set(first)) == 3, "of 2 to the power of 64 addresses the first three"


def test_services_that_meet_at_one_address_get_two() -> None:
    names = [f"shop-frontend/egress-{number}" for number in range(6)]
    found = chosen(names, list(spans_of(ip_network("10.0.0.0/29"))), ())
    assert len(set(found.values())) == len(names), "six services for the six addresses of a /29"


def test_no_address_is_given_twice_or_where_none_is_left() -> None:
    spans = list(spans_of(ip_network("10.0.0.0/30")))
    assert chosen(["a/x", "a/y"], spans, ["10.0.0.1"]).keys() == {"a/x"}, "one address, one Service"


def test_a_guess_does_not_depend_on_other_services() -> None:
    alone = guesses(["shop-frontend/egress-customs"], None)
    both = guesses(["shop-frontend/egress-customs", "shop-frontend/egress-tax"], None)
    assert alone.items() <= both.items(), "an API more or less moves no other one"
    assert guesses(["alice-shop-frontend/egress-customs"], None).values() != alone.values(), "two copies differ"


def test_a_guess_stays_in_the_block_that_the_environment_names() -> None:
    assert guesses(["a/x"], "172.20.5.9/32") == {"a/x": "172.20.5.9"}, "a block of one"
