"""How applications and poolers open, share and give up connections to PostgreSQL."""

import pytest
import yaml

from quadrant_platform.model.consistency import problems_of
from quadrant_platform.model.loader import system_file
from quadrant_platform.model.schema.system import System
from tests.demands.reach import reach
from tests.demands.rendered import STAGES, container, settings, workload
from tests.demands.stores import composed, pooler_settings, server_settings

PHASE4, CARBON, AGENTS = "motovault-phase4", "carbon254", "agents"


@STAGES
@pytest.mark.demand("DBS-06", check="manifest")
def test_the_pool_of_each_pod_has_the_seeds_sizes(stage: str) -> None:
    pool = settings(PHASE4, stage, "motovault")["database"]["pool"]
    assert pool == {
        "max_size": 100,
        "min_size": 10,
        "lifetime_seconds": 300,
        "idle_lifetime_seconds": 300,
        "pruning_interval_seconds": 10,
    }, "the seed's five numbers"


@pytest.mark.demand("DBS-06", check="manifest")
def test_the_connection_string_says_the_same() -> None:
    """Dev composes it, and the vault of prod holds the same text."""
    pairs = (option.partition("=") for option in composed(PHASE4)["POSTGRES_CONNECTION"].split(";"))
    options = {key: value for key, _, value in pairs}
    expected = {
        "Maximum Pool Size": "100",
        "Minimum Pool Size": "10",
        "Connection Lifetime": "300",
        "Connection Idle Lifetime": "300",
        "Connection Pruning Interval": "10",
        "Command Timeout": "30",
    }
    assert {key: options[key] for key in expected} == expected, "in the words of the .NET driver"


@pytest.mark.demand("DBS-06", check="policy")
def test_more_pools_than_the_server_takes_are_refused() -> None:
    """X-37: what the resolution calls a policy is a check of the system's file."""
    declared = yaml.safe_load(system_file(PHASE4).read_text(encoding="utf-8"))
    assert declared["services"]["motovault"]["connections"] == 100, "what a pod may open is declared"
    assert not problems_of(System.model_validate(declared)), "as shipped, the server takes all of them"
    declared["databases"]["postgresql"]["maxConnections"] = 1009
    found = [str(problem) for problem in problems_of(System.model_validate(declared))]
    assert len(found) == 1, "one short of 2 x 5 x 100 + 10"
    assert "raise it to 1010" in found[0], "and the remedy is a number"


@STAGES
@pytest.mark.demand("DBS-06", check="policy")
def test_the_server_takes_the_connections_of_blue_and_green(stage: str) -> None:
    """X-37: twice the pods' pools and ten more, without a pooler."""
    pods = workload(PHASE4, stage, "motovault")["spec"]["replicas"]
    most = settings(PHASE4, stage, "motovault")["database"]["pool"]["max_size"]
    taken = int(server_settings(PHASE4, stage, "postgresql")["max_connections"])
    assert taken >= 2 * pods * most + 10, f"2 x {pods} x {most} and room for jobs and operator"


@STAGES
@pytest.mark.demand("DBS-07", partly="no program reads these keys")
def test_calls_are_tried_three_times_and_end_after_half_a_minute(stage: str) -> None:
    database = settings(PHASE4, stage, "motovault")["database"]
    assert database["retry"] == {"max_count": 3, "max_delay_seconds": 5}, "three times, five seconds apart at most"
    assert database["command_timeout_seconds"] == 30, "and none runs longer"


@STAGES
@pytest.mark.demand("DBS-08", partly="no program reads these keys")
def test_neither_data_nor_details_of_errors_are_logged(stage: str) -> None:
    database = settings(PHASE4, stage, "motovault")["database"]
    assert database["sensitive_data_logging"] is False, "values of queries are personal data"
    assert database["detailed_errors"] is False, "details help an attacker"


@STAGES
@pytest.mark.demand("DBS-18", partly="all services share one pool of one user")
def test_services_share_five_to_twenty_five_connections(stage: str) -> None:
    """X-64: all instances of the pooler together open 100, and the server takes 120 or more."""
    instances, pool = pooler_settings(CARBON, stage, "pgbouncer")
    assert pool["pool_mode"] == "transaction", "a connection is free again after each transaction"
    least, most, total = (instances * int(pool[key])
                          for key in ("min_pool_size", "default_pool_size", "max_db_connections"))  # fmt: skip
    assert 5 <= least <= most <= 25, "of each service, between five and twenty-five"
    assert total == 100, "a hundred of all services"
    assert int(server_settings(CARBON, stage, "postgres")["max_connections"]) >= 120, "and room for jobs beside them"


@pytest.mark.demand("DBS-18", partly="all services share one pool of one user")
def test_a_single_pooler_has_the_seeds_numbers() -> None:
    instances, pool = pooler_settings(CARBON, "dev", "pgbouncer")
    found = {key: pool[key] for key in ("min_pool_size", "default_pool_size", "max_db_connections")}
    assert instances == 1, "dev runs one instance"
    assert found == {"min_pool_size": "5", "default_pool_size": "25", "max_db_connections": "100"}, "word for word"


@STAGES
@pytest.mark.demand("DBS-20")
def test_statements_stay_prepared_in_transaction_mode(stage: str) -> None:
    """X-63: PgBouncer keeps track of them where the setting is above zero, from release 1.21 on."""
    _, pool = pooler_settings(CARBON, stage, "pgbouncer")
    assert int(pool["max_prepared_statements"]) > 0, "zero would break drivers that prepare"
    assert settings(CARBON, stage, "enrichment")["postgres"]["prepared_statements"] is True, "and the driver prepares"


@pytest.mark.demand("DBS-20")
def test_the_pooler_is_new_enough_for_prepared_statements() -> None:
    """X-63: 1.21 or newer; in prod the release is the one that the operator was built with."""
    version = container(CARBON, "dev", "pgbouncer")["image"].rpartition(":v")[2].partition("-")[0]
    assert tuple(int(part) for part in version.split(".")) >= (1, 21), f"{version} is older than 1.21"


@STAGES
@pytest.mark.demand("DBS-22")
def test_fifty_connections_serve_all_clients(stage: str) -> None:
    """X-81: fifty to the server, five hundred or more from clients, so that queries wait in line."""
    instances, pool = pooler_settings(AGENTS, stage, "pgbouncer")
    assert pool["listen_port"] == "6432", "clients call the pooler on this port"
    assert instances * int(pool["default_pool_size"]) == 50, "all instances share fifty"
    assert instances * int(pool["max_db_connections"]) == 50, "and never open more"
    assert int(pool["max_client_conn"]) >= 500, "three pods with fifty queries each are 150, ten are 500"
    assert int(server_settings(AGENTS, stage, "postgres-primary")["max_connections"]) >= 60, "the server takes them"


@STAGES
@pytest.mark.demand("DBS-22")
def test_the_application_uses_the_pooler(stage: str) -> None:
    port = 6432 if stage == "dev" else 5432
    assert reach(AGENTS, stage).why("app", "pgbouncer", port).allowed, "its queries go through the pool"
    assert not reach(AGENTS, stage).why("app", "postgres-primary", 5432).allowed, "and not past it"
