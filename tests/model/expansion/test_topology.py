"""Every name that a flow can use is pods or addresses, in the namespace of its segment."""

import ipaddress

import pytest

from quadrant_platform.model.expansion.topology import topology
from quadrant_platform.model.schema.types import Segment
from quadrant_platform.vocabulary import PRIVATE_RANGES
from tests.components.sample import endpoint, environment, planned, shop, without

METADATA_SERVICES = ("169.254.169.254", "fd00:ec2::254", "100.100.100.200")


@pytest.mark.parametrize(
    ("name", "identity"),
    [
        ("web", "shop-frontend/web"),
        ("api", "shop-core/api"),
        ("migrate", "shop-core/migrate"),
        ("orders-db", "shop-database/orders-db"),
        ("bus", "shop-platform/bus"),
        ("edge", "shop-frontend/traefik"),
        ("egress", "shop-frontend/traefik-egress"),
    ],
)
def test_a_workload_is_identified_by_namespace_and_name(name: str, identity: str) -> None:
    assert endpoint(planned(), name).id == identity, "a segment's namespace may have a name of its own"


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_no_two_endpoints_of_our_own_share_their_pods(stage: str) -> None:
    pods = [(one.namespace, one.labels) for _, one in planned(stage).topology.own()]
    assert len(pods) == len(set(pods)), "labels that select two workloads would give one the rights of the other"


def test_own_pods_are_selected_by_name_and_system() -> None:
    labels = dict(endpoint(planned(), "api").labels)
    assert labels == {"app.kubernetes.io/name": "api", "app.kubernetes.io/part-of": "shop"}, "the two that never change"


def test_pods_of_an_operator_are_selected_by_its_labels() -> None:
    some = planned("prod")
    assert ("cnpg.io/cluster", "orders-db") in endpoint(some, "orders-db").labels, "the operator names its pods so"
    assert ("cnpg.io/poolerName", "orders-pool") in endpoint(some, "orders-pool").labels, "and those of poolers so"
    assert ("app.kubernetes.io/name", "events-db") in endpoint(some, "events-db").labels, "ClickHouse has none"


def test_monitoring_is_another_name_of_prometheus() -> None:
    some = planned()
    assert endpoint(some, "monitoring") == endpoint(some, "operator:prometheus"), "both mean who scrapes"


def test_a_control_plane_is_found_where_the_environment_puts_it() -> None:
    peer = {"namespace": "observability", "labels": {"app": "prometheus"}}
    some = planned(overrides={"peers": {"prometheus": peer}})
    assert endpoint(some, "monitoring").id == "observability/prometheus", "a cluster may keep it elsewhere"
    assert not endpoint(some, "monitoring").isolated, "no policy of ours is on it"


@pytest.mark.parametrize("address", METADATA_SERVICES)
def test_the_internet_never_holds_a_metadata_service(address: str) -> None:
    where = ipaddress.ip_address(address)
    for block in endpoint(planned(), "internet").blocks:
        inside = where in ipaddress.ip_network(block.cidr)
        excluded = any(where in ipaddress.ip_network(cidr) for cidr in block.excluded)
        assert not inside or excluded, "it hands out the node's credentials"


def test_the_internet_is_both_worlds_less_their_private_ranges() -> None:
    blocks = {block.cidr: set(block.excluded) for block in endpoint(planned(), "internet").blocks}
    assert set(blocks) == {"0.0.0.0/0", "::/0"}, "an address of either kind may be outside"
    assert blocks["0.0.0.0/0"] | blocks["::/0"] == set(PRIVATE_RANGES), "every private range is left out somewhere"
    mixed = [cidr for world, found in blocks.items() for cidr in found if (":" in cidr) != (":" in world)]
    assert not mixed, f"{mixed}: the API server refuses an exception that is not inside the block"


def test_ranges_of_the_cluster_are_not_the_internet() -> None:
    some = planned(overrides={"network": {"clusterCidrs": ["192.0.2.0/24", "2001:db8::/32"]}})
    excluded = {cidr for block in endpoint(some, "internet").blocks for cidr in block.excluded}
    assert {"192.0.2.0/24", "2001:db8::/32"} <= excluded, "pods with public addresses are still inside"


def test_the_public_is_everybody_unless_networks_are_named() -> None:
    assert [block.cidr for block in endpoint(planned(), "public").blocks] == ["0.0.0.0/0", "::/0"], "a public site"
    some = planned(overrides={"network": {"authorizedNetworks": ["198.51.100.0/24"]}})
    assert [block.cidr for block in endpoint(some, "public").blocks] == ["198.51.100.0/24"], "the named ones only"


def test_an_external_database_runs_inside_where_no_address_is_given() -> None:
    assert endpoint(planned(), "ledger-db").kind == "database", "dev has its own"


def test_an_external_database_with_an_address_is_outside() -> None:
    address = {"primary": "10.20.0.5/32", "replicas": ["10.20.0.6/32"]}
    some = endpoint(planned("prod", overrides={"externalDatabases": {"ledger-db": address}}), "ledger-db")
    assert some.kind == "outside", "there are no pods of it"
    assert [block.cidr for block in some.blocks] == ["10.20.0.5/32", "10.20.0.6/32"], "the addresses and no range"


def test_a_cache_drops_its_copies_where_single_ones_run() -> None:
    assert "session-sentinel" in planned("dev").topology.endpoints, "Sentinel stays, as clients speak to it"
    assert "session-sentinel" not in planned(overrides={"cacheMode": "single"}).topology.endpoints, (
        "unless the environment forbids it"
    )


def test_only_segments_in_which_something_runs_are_used() -> None:
    keys = ("brokers", "caches")
    used = topology(without(*keys), environment()).segments
    assert used == (Segment.FRONTEND, Segment.BACKEND, Segment.DATABASE), "an empty namespace would only confuse"
    assert topology(shop(), environment()).segments == tuple(Segment), "all four, in their order"


def test_a_port_is_found_by_name_number_and_protocol() -> None:
    api, dns = endpoint(planned(), "api"), endpoint(planned(), "dns")
    assert api.listener("metrics") == api.listener(9464) == api.listener("9464"), "three ways to write one port"
    assert api.listener("8080/udp") is None, "it listens on TCP"
    found = dns.listener("53/udp")
    assert found is not None, "the resolver listens on UDP"
    assert found.protocol == "UDP", "the suffix chooses the protocol"


def test_a_declared_port_is_the_one_that_the_kubelet_probes() -> None:
    changes = {"services": {"api": {"probes": {"port": "metrics"}}}}
    probed = endpoint(planned(changes=changes), "api").probed
    assert [listener.number for listener in probed] == [9464], "health may be served beside the metrics"
    assert endpoint(planned(), "migrate").probed == (), "a job has no port"
