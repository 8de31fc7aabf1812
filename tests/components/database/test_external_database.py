"""External database: the Service name that clients use for an address outside."""

from quadrant_platform.components.database.external_database import ExternalDatabase
from tests.components.sample import Manifest, kinds, one, planned

ADDRESSES: Manifest = {"primary": "10.20.0.5/32", "replicas": ["10.20.0.6/32", "10.20.0.7/32"]}


def built(address: Manifest | None) -> list[Manifest]:
    """The objects of the ledger where the environment gives an address, or none."""
    some = planned("prod", overrides={"externalDatabases": {"ledger-db": address}} if address else {})
    return [one for database in some.external_databases.values() for one in ExternalDatabase.manifests(database)]


def test_a_service_without_selector_has_the_databases_name() -> None:
    spec = one(built(ADDRESSES), "Service", "ledger-db")["spec"]
    assert "selector" not in spec, "there are no pods behind it"
    assert "externalName" not in spec, "a name would leave the cluster past every policy"
    assert [port["port"] for port in spec["ports"]] == [5432], "clients use the usual port"


def test_the_addresses_belong_to_their_service() -> None:
    for name, hosts in (("ledger-db", ["10.20.0.5"]), ("ledger-db-ro", ["10.20.0.6", "10.20.0.7"])):
        found = one(built(ADDRESSES), "EndpointSlice", f"{name}-external")
        assert found["metadata"]["labels"]["kubernetes.io/service-name"] == name, "the label ties them"
        assert [address for end in found["endpoints"] for address in end["addresses"]] == hosts, "without a mask"
        assert found["addressType"] == "IPv4", "of their kind"
        assert found["ports"] == [{"name": "postgresql", "port": 5432, "protocol": "TCP"}], "the Service's port name"


def test_readers_go_to_the_primary_where_there_is_no_replica() -> None:
    found = one(built({"primary": "10.20.0.5/32"}), "EndpointSlice", "ledger-db-ro-external")
    assert [end["addresses"] for end in found["endpoints"]] == [["10.20.0.5"]], "better there than nowhere"


def test_an_address_may_be_of_the_newer_kind() -> None:
    found = one(built({"primary": "2001:db8::5/128"}), "EndpointSlice", "ledger-db-external")
    assert found["addressType"] == "IPv6", "as its address"
    assert found["endpoints"][0]["addresses"] == ["2001:db8::5"], "without a mask"


def test_without_an_address_there_is_nothing_to_lead_to() -> None:
    assert built(None) == [], "one runs in the cluster instead"


def test_two_objects_stand_for_each_name() -> None:
    assert kinds(built(ADDRESSES)) == ["Service", "EndpointSlice"] * 2, "the primary's and the readers'"
