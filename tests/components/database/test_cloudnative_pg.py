"""PostgreSQL under CloudNativePG: the operator's instructions."""

from typing import Any

import pytest

from quadrant_platform.components.database.clickhouse import ClickHouse
from quadrant_platform.components.database.cloudnative_pg import Cluster
from quadrant_platform.components.database.engines import DATABASE_ENGINES, POOLER_ENGINES
from quadrant_platform.components.database.managed_pooler import ManagedPooler
from quadrant_platform.components.database.pooler import Pooler
from quadrant_platform.components.database.postgresql import Database
from tests.components.sample import Manifest, kinds, one, planned

NAME = "orders-db"


def built(overrides: dict[str, object] | None = None, **changes: object) -> list[Manifest]:
    """The objects of the shop's database in prod, with changes to it."""
    plan = planned("prod", {"databases": {NAME: changes}}, overrides)
    return list(Cluster.manifests(plan.databases[NAME]))


def spec(overrides: dict[str, object] | None = None, **changes: object) -> dict[str, Any]:
    """The cluster's specification."""
    found: dict[str, Any] = one(built(overrides, **changes), "Cluster", NAME)["spec"]
    return found


def test_replicas_are_servers_beside_the_primary() -> None:
    assert spec()["instances"] == 1, "none declared"
    assert spec(replicas=2)["instances"] == 3, "the primary and two replicas"
    assert spec({"copies": "single"}, replicas=2)["instances"] == 1, "single copies drop replicas"


def test_a_lone_server_has_no_budget_that_blocks_drains() -> None:
    assert spec()["enablePDB"] is False, "it would never be drained"
    assert spec(replicas=1)["enablePDB"] is True, "one server at a time may go"


def test_the_operator_serves_the_names_that_clients_use() -> None:
    additional = spec(replicas=1, readOnlyService="orders-ro")["managed"]["services"]["additional"]
    names = {entry["serviceTemplate"]["metadata"]["name"]: entry["selectorType"] for entry in additional}
    assert names == {NAME: "rw", "orders-ro": "ro"}, "reads go to standbys only"


def test_the_owner_signs_in_with_the_vaults_password() -> None:
    manifests = built()
    owner = one(manifests, "ExternalSecret", f"{NAME}-owner")["spec"]
    assert owner["target"]["template"]["type"] == "kubernetes.io/basic-auth", "the operator refuses other types"
    assert owner["target"]["template"]["data"]["username"] == "shop", "the name is the declared one"
    assert owner["target"]["template"]["metadata"]["labels"] == {"cnpg.io/reload": "true"}, "rotation is applied"
    initdb = one(manifests, "Cluster")["spec"]["bootstrap"]["initdb"]
    assert initdb == {"database": "orders", "owner": "shop", "secret": {"name": f"{NAME}-owner"}}, (
        "the operator makes owner and database"
    )


def test_without_a_vault_the_owners_secret_is_made_elsewhere() -> None:
    assert "ExternalSecret" not in kinds(built({"secrets": "generated"})), "nothing could fill it"


def test_the_superuser_signs_in_only_where_it_is_the_owner() -> None:
    assert spec()["enableSuperuserAccess"] is False, "no client needs it"
    assert "superuserSecret" not in spec(), "a password would open it"
    assert spec(user="postgres")["superuserSecret"] == {"name": f"{NAME}-owner"}, "else its password is taken away"


def test_servers_are_guaranteed_their_resources() -> None:
    resources = spec()["resources"]
    assert resources["requests"] == resources["limits"], "a store is the last to be evicted"


def test_servers_stand_on_different_nodes_and_zones() -> None:
    found = spec(replicas=1)
    assert found["affinity"]["podAntiAffinityType"] == "required", "prod has nodes enough"
    keys = [entry["topologyKey"] for entry in found["topologySpreadConstraints"]]
    assert keys == ["kubernetes.io/hostname", "topology.kubernetes.io/zone"], "nodes first, then zones"
    assert spec({"spread": "preferred"})["affinity"]["podAntiAffinityType"] == "preferred", (
        "a small cluster still starts"
    )


def test_a_failed_server_is_left_within_minutes() -> None:
    found = spec()
    assert found["smartShutdownTimeout"] < found["stopDelay"] <= 120, "the operator's default is half an hour"
    assert found["switchoverDelay"] <= 120, "the operator's default is an hour"


@pytest.mark.parametrize(("interval", "timeout"), [("5m", "60s"), ("30s", "30s")])
def test_a_declared_interval_bounds_the_archives_delay(interval: str, timeout: str) -> None:
    schedule = {"schedule": "0 2 * * *", "retention": "7d", "content": [NAME]}
    backup = {"schedules": {"daily": schedule}, "walArchiveInterval": interval}
    plan = planned("prod", {"backup": backup})
    cluster = one(Cluster.manifests(plan.databases[NAME]), "Cluster")
    assert cluster["spec"]["postgresql"]["parameters"]["archive_timeout"] == timeout, "a minute at the most"


def test_plain_connections_are_refused_before_the_operators_own_rule() -> None:
    assert spec(tls=True)["postgresql"]["pg_hba"] == ["hostnossl all all all reject"], (
        "the first rule that matches decides"
    )
    assert "pg_hba" not in spec()["postgresql"], "TLS is offered, not demanded"


def test_a_standby_confirms_commits_without_stopping_the_primary() -> None:
    assert spec(replicas=1)["postgresql"]["synchronous"]["dataDurability"] == "preferred", (
        "a lost standby must not stop writes"
    )
    assert "synchronous" not in spec()["postgresql"], "there is no standby to confirm"


def test_pods_inherit_our_labels_but_for_those_that_select_them() -> None:
    labels = spec()["inheritedMetadata"]["labels"]
    assert labels["quadrant.dev/segment"] == "database", "policies and dashboards find the pods by it"
    assert not {"cnpg.io/cluster", "app.kubernetes.io/component"} & labels.keys(), "the operator sets these"


def test_metrics_are_scraped_from_the_pods() -> None:
    monitor = one(built(), "PodMonitor")["spec"]
    assert monitor["selector"]["matchLabels"]["cnpg.io/cluster"] == NAME, "the operator's own label selects them"
    assert monitor["podMetricsEndpoints"][0]["port"] == "metrics", "the operator names the port so"


def test_the_environment_chooses_the_engine() -> None:
    orders, events = (
        [planned(stage).databases[name].engine for stage in ("dev", "prod")] for name in (NAME, "events-db")
    )
    assert [DATABASE_ENGINES[engine] for engine in orders] == [Database, Cluster], (
        "one pod in dev, the operator in prod"
    )
    assert {DATABASE_ENGINES[engine] for engine in events} == {ClickHouse}, "no operator for it"
    assert [POOLER_ENGINES[engine] for engine in orders] == [Pooler, ManagedPooler], "its poolers serve its clusters"
