"""PgBouncer, alone and under CloudNativePG: its share of the connections, its port, its password."""

import pytest

from quadrant_platform.components.database.engines import DATABASE_ENGINES
from quadrant_platform.components.database.managed_pooler import ManagedPooler
from quadrant_platform.components.database.pooler import Pooler, PoolerInputs, pool
from quadrant_platform.model.expansion.plan import Plan
from tests.components.sample import Manifest, endpoint, flows, kinds, main_container, one, planned, pod_spec

NAME = "orders-pool"
OWN = {"databases": "statefulSet"}


def inputs(plan: Plan) -> PoolerInputs:
    """The shop's pooler and the server behind it."""
    database = plan.databases["orders-db"]
    return PoolerInputs(plan.poolers[NAME], DATABASE_ENGINES[database.engine].results(database))


def own(overrides: dict[str, object] | None = None, **changes: object) -> list[Manifest]:
    """The objects of the shop's pooler on pods of our own."""
    plan = planned("dev", {"poolers": {NAME: changes}}, {**OWN, **(overrides or {})})
    return list(Pooler.manifests(inputs(plan)))


def managed(**changes: object) -> list[Manifest]:
    """The objects of the shop's pooler under the operator."""
    plan = planned("prod", {"poolers": {NAME: changes}})
    return list(ManagedPooler.manifests(inputs(plan)))


def ini(manifests: list[Manifest]) -> dict[str, str]:
    """The lines of pgbouncer.ini by their key."""
    text: str = one(manifests, "ConfigMap", f"{NAME}-settings")["data"]["pgbouncer.ini"]
    pairs = (line.partition(" =") for line in text.splitlines() if " =" in line)
    return {key: value.strip() for key, _, value in pairs}


def test_a_single_instance_carries_the_whole_pool() -> None:
    found = ini(own(minPoolSize=5, defaultPoolSize=25, maxDbConnections=100))
    sizes = [found[key] for key in ("min_pool_size", "default_pool_size", "max_db_connections")]
    assert sizes == ["5", "25", "100"], "dev runs one instance"


@pytest.mark.parametrize("instances", [1, 2, 3, 7])
def test_all_instances_together_keep_to_the_declared_connections(instances: int) -> None:
    plan = planned("prod", {"poolers": {NAME: {"instances": instances}}})
    declared = plan.poolers[NAME].spec
    share = pool(plan.poolers[NAME])
    assert instances * int(share["max_db_connections"]) <= declared.max_db_connections, "the server has no more"
    assert instances * int(share["default_pool_size"]) <= declared.default_pool_size, (
        "the pools together are the declared one"
    )
    assert 1 <= int(share["default_pool_size"]) <= int(share["max_db_connections"]), (
        "an empty pool would serve no client"
    )


@pytest.mark.parametrize(("least", "most", "share"), [(5, 25, "3"), (0, 25, "0"), (5, 5, "2")])
def test_all_instances_together_keep_the_declared_least(least: int, most: int, share: str) -> None:
    sizes = {"minPoolSize": least, "defaultPoolSize": most}
    found = ini(own({"copies": "declared"}, instances=2, **sizes))
    assert found["min_pool_size"] == share, "half of it, rounded up, but never more than the pool may hold"


def test_transactions_keep_their_prepared_statements() -> None:
    assert ini(own())["pool_mode"] == "transaction", "sessions would hold a connection each"
    assert int(ini(own())["max_prepared_statements"]) > 0, "zero breaks drivers that prepare"


def test_clients_do_not_wait_long_after_their_database_is_back() -> None:
    assert ini(own())["server_login_retry"] == "2", "the default lets 15 s pass between two tries"
    parameters = one(managed(), "Pooler")["spec"]["pgbouncer"]["parameters"]
    assert parameters["server_login_retry"] == "2", "a failover of the operator's is such a restart"


@pytest.mark.parametrize(("tls", "mode"), [(True, "require"), (False, "prefer")])
def test_the_pooler_uses_the_transport_that_the_database_demands(tls: bool, mode: str) -> None:
    plan = planned("dev", {"databases": {"orders-db": {"tls": tls}}})
    manifests = list(Pooler.manifests(inputs(plan)))
    assert ini(manifests)["server_tls_sslmode"] == mode, "the transport follows the database"


def test_clients_of_the_pooler_use_the_transport_that_the_database_demands() -> None:
    plan = planned("dev", {"databases": {"orders-db": {"tls": True}}})
    manifests = list(Pooler.manifests(inputs(plan)))
    assert ini(manifests)["client_tls_sslmode"] == "require", "the password would pass in clear"
    certificate = one(manifests, "Certificate")["spec"]
    assert f"{NAME}.shop-database.svc" in certificate["dnsNames"], "clients call it by this name"
    main = main_container(one(manifests, "Deployment"))
    assert "/run/tls" in {mount["mountPath"] for mount in main["volumeMounts"]}, "the server reads its key there"
    assert ini(manifests)["client_tls_key_file"] == "/run/tls/tls.key", "the path in its settings"
    assert ini(manifests)["client_tls_ca_file"] == "/run/tls/ca.crt", "an image may have no authorities"
    [exporter] = [found for found in pod_spec(one(manifests, "Deployment"))["containers"] if found is not main][:1]
    assert "sslmode=require" in exporter["command"][-1], "the exporter is a client too"


def test_a_pooler_before_an_open_database_asks_for_no_certificate() -> None:
    plan = planned("dev", {"databases": {"orders-db": {"tls": False}}})
    manifests = list(Pooler.manifests(inputs(plan)))
    assert "Certificate" not in kinds(manifests), "no client would read it"
    assert "client_tls_sslmode" not in ini(manifests), "PgBouncer takes plain connections"


@pytest.mark.parametrize(("tls", "rules"), [(True, 2), (False, 0)])
def test_the_operators_pooler_refuses_clients_without_tls(tls: bool, rules: int) -> None:
    plan = planned("prod", {"databases": {"orders-db": {"tls": tls}}})
    found = one(list(ManagedPooler.manifests(inputs(plan))), "Pooler")["spec"]["pgbouncer"]
    assert len(found.get("pg_hba", ())) == rules, "one rule for each family of addresses, where TLS is demanded"


def test_the_pooler_reads_its_users_from_a_file_that_is_made_at_start() -> None:
    command = main_container(one(own(), "Deployment"))["command"]
    assert command[-2:] == ["shop", "/run/secrets/orders-password"], "the script gets the file, not the value"
    assert ini(own())["auth_file"] == "/run/pgbouncer/userlist.txt", "the pod makes it at its start"
    seeing = [
        container["name"]
        for container in pod_spec(one(own(), "Deployment"))["containers"]
        if any(mount["name"] == "secrets" for mount in container["volumeMounts"])
    ]
    assert seeing == [NAME], "the exporter has a user of its own"


def test_several_instances_have_a_budget_and_roll_without_surplus() -> None:
    manifests = own({"copies": "declared"}, instances=3)
    deployment = one(manifests, "Deployment")["spec"]
    assert deployment["replicas"] == 3, "the declared instances run"
    assert deployment["strategy"]["rollingUpdate"]["maxSurge"] == 0, "a fourth pool would exceed the connections"
    assert "PodDisruptionBudget" in kinds(manifests), "instances are drained one by one"
    assert "PodDisruptionBudget" not in kinds(own()), "one copy would block drains"


def test_the_operator_gets_the_same_share_as_text() -> None:
    found = one(managed(defaultPoolSize=20, maxDbConnections=50, instances=2), "Pooler")["spec"]
    assert found["pgbouncer"]["parameters"]["default_pool_size"] == "10", "half of twenty for each of two"
    assert found["pgbouncer"]["parameters"]["max_db_connections"] == "25", "half of fifty for each of two"
    assert found["cluster"] == {"name": "orders-db"}, "the pooler connects to its database"


def test_the_operators_pooler_has_the_declared_port_and_no_other() -> None:
    [port] = one(managed(), "Pooler")["spec"]["serviceTemplate"]["spec"]["ports"]
    assert port["port"] == 6432, "clients use this number"
    assert port["name"] == port["targetPort"] == "pgbouncer", "another name would add the operator's port 5432"


def test_policies_open_the_port_on_which_the_operators_pods_listen() -> None:
    row = {"from": "api", "to": NAME, "ports": [6432], "why": "orders"}
    plan = planned("prod", flows(row))
    [arriving] = [row for row in plan.rows[endpoint(plan, NAME).id][0] if row.source.id.endswith("/api")]
    assert arriving.listener.number == 5432, "policies see the pod's port, not the Service's"
    plan = planned("dev", flows(row))
    [arriving] = [row for row in plan.rows[endpoint(plan, NAME).id][0] if row.source.id.endswith("/api")]
    assert arriving.listener.number == 6432, "our own pods listen on the declared port"


def test_the_operators_pooler_has_a_budget_and_a_monitor_of_ours() -> None:
    manifests = managed(instances=2)
    budget = one(manifests, "PodDisruptionBudget")["spec"]
    assert budget["selector"]["matchLabels"] == {"cnpg.io/poolerName": NAME}, "the operator makes none"
    assert one(manifests, "PodMonitor")["spec"]["podMetricsEndpoints"][0]["port"] == "metrics", (
        "the operator names the port so"
    )
    assert "PodDisruptionBudget" not in kinds(managed(instances=1)), "one copy would block drains"


def test_a_pooler_takes_clients_until_none_is_sent_to_it() -> None:
    container = main_container(one(own(), "Deployment"))
    assert container["lifecycle"] == {"preStop": {"sleep": {"seconds": 5}}}, "the Service still leads to it for moments"


def test_a_pooler_may_open_a_file_for_each_connection() -> None:
    command = main_container(one(own(maxClientConnections=20000, maxDbConnections=100), "Deployment"))["command"]
    assert int(command[2]) > 20100, "clients, and connections to the server"
