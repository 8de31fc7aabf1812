"""A passthrough API keeps the address that its Service has; a new one gets a free address of the cluster."""

from collections.abc import Mapping
from ipaddress import ip_address, ip_network

import pytest

from quadrant_platform.documents.problems import BadInput
from quadrant_platform.model.expansion.plan import plan
from quadrant_platform.preflight.addresses import passthrough_addresses
from quadrant_platform.preflight.facts import ClusterFacts
from tests.components.sample import environment, shop

OWN = "shop-frontend/egress-customs"


def cluster(*ranges: str, services: Mapping[str, str] | None = None) -> ClusterFacts:
    return ClusterFacts("5c1f0f9e", service_ranges=ranges, service_addresses=services or {})


def address(facts: ClusterFacts, cidr: str | None = None) -> str:
    network = {"network": {"egressCidr": cidr}} if cidr else {}
    found = passthrough_addresses(shop(), environment(overrides=network), facts)
    assert found is not None, "the cluster answered"
    return found["customs"]


def refusal(facts: ClusterFacts, cidr: str) -> str:
    with pytest.raises(BadInput) as caught:
        address(facts, cidr)
    return str(caught.value)


@pytest.mark.parametrize("block", ["10.96.0.0/16", "172.20.0.0/16", "10.43.0.0/24", "fd00:10:96::/112"])
def test_an_address_is_one_of_the_cluster(block: str) -> None:
    assert ip_address(address(cluster(block))) in ip_network(block), "another range would refuse it"


def test_the_first_family_of_a_cluster_is_its_services_own() -> None:
    facts = cluster("fd00:10:96::/112", "10.96.0.0/16", "fd00:10:97::/112")
    assert ip_address(address(facts)).version == 6, "a Service gets an address of the first family"


def test_a_further_range_helps_where_the_first_is_full() -> None:
    full = {f"10.0.0.{number}": f"other/{number}" for number in range(1, 15)}
    assert ip_address(address(cluster("10.0.0.0/28", "10.9.0.0/24", services=full))) in ip_network("10.9.0.0/24"), (
        "a ServiceCIDR was added"
    )


def test_a_taken_address_is_passed_over() -> None:
    wanted = address(cluster("10.96.0.0/16"))
    other = address(cluster("10.96.0.0/16", services={wanted: "bank-frontend/egress-customs"}))
    assert other != wanted, "somebody else has it"
    assert other == address(cluster("10.96.0.0/16", services={wanted: "x/y"})), "whoever that is, the next one follows"


def test_a_service_keeps_its_address_for_ever() -> None:
    facts = cluster("10.96.0.0/16", services={"10.96.77.7": OWN})
    assert address(facts) == "10.96.77.7", "Kubernetes never changes the address of a Service"


def test_a_cluster_that_does_not_say_its_range_has_one_around_its_own_address() -> None:
    services = {"172.20.0.1": "default/kubernetes"}
    unsaid = ClusterFacts("5c1f0f9e", service_addresses=services)
    assert ip_address(address(unsaid)) in ip_network("172.20.0.0/24"), "the API has the first address of the range"
    narrow = ClusterFacts("5c1f0f9e", service_addresses={"10.0.0.65": "default/kubernetes"})
    assert ip_address(address(narrow)) in ip_network("10.0.0.64/26"), "no larger block begins there"


def test_a_block_outside_of_the_range_is_refused() -> None:
    assert refusal(cluster("10.43.0.0/16"), "10.96.240.0/24") == (
        "network.egressCidr: 10.96.240.0/24 is no part of this cluster's addresses for Services, 10.43.0.0/16; "
        "name a part of them, or remove egressCidr: free addresses are then chosen"
    ), "what, where, and the remedy"


def test_a_block_that_is_taken_is_refused_with_its_holder() -> None:
    facts = cluster("10.96.0.0/16", services={"10.96.5.9": "bank/ledger"})
    assert refusal(facts, "10.96.5.9/32") == (
        "network.egressCidr: no address is left in 10.96.5.9/32 for shop-frontend/egress-customs: "
        "10.96.5.9 is bank/ledger's; name a larger block, or remove egressCidr; nothing was changed"
    ), "who has it"


def test_a_block_that_would_move_a_service_is_refused() -> None:
    text = refusal(cluster("10.96.0.0/16", services={"10.96.77.7": OWN}), "10.96.5.0/24")
    assert "kubectl --namespace shop-frontend delete service egress-customs" in text, "the way to move it on purpose"


def test_without_a_cluster_the_plan_guesses() -> None:
    assert passthrough_addresses(shop(), environment(), None) is None, "nobody was asked"
    egress = plan(shop(), environment()).egress
    assert egress, "the shop calls APIs"
    assert egress.spec["customs"].address == address(cluster("10.96.0.0/12")), "an empty cluster of kubeadm agrees"
