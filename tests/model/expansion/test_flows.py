"""The flow table as the matrix has it: written rows resolve to pods and ports, and to nothing else."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from quadrant_platform.model.expansion.flows import expand
from quadrant_platform.model.expansion.plan import Plan, plan
from quadrant_platform.model.expansion.topology import topology
from quadrant_platform.model.schema.system import System
from tests.components.sample import environment, flows, planned, shop
from tests.model.expansion.rows import Edge, edges, leaving

ROWS = len(shop().flows)


def added(*rows: dict[str, Any], stage: str = "dev") -> set[Edge]:
    """The edges that rows add to the shop."""
    return edges(planned(stage, flows(*rows))) - edges(planned(stage))


def test_a_row_leads_from_pods_to_a_port_of_pods() -> None:
    row = {"from": "web", "to": "api", "ports": ["http"], "why": "asks for orders"}
    assert added(row) == {("shop-frontend/web", "shop-core/api", "TCP", 8080)}, "one row is one permitted connection"


def test_a_row_may_name_its_ports_by_number() -> None:
    row = {"from": "web", "to": "api", "ports": [8080], "why": "asks for orders"}
    assert added(row) == {("shop-frontend/web", "shop-core/api", "TCP", 8080)}, "a number means the same listener"


def test_a_row_without_ports_means_the_first_port() -> None:
    row = {"from": "web", "to": "api", "why": "asks for orders"}
    assert {port for *_, port in added(row)} == {8080}, "a second port must be named to be reached"


def test_lists_on_both_sides_mean_every_pair() -> None:
    row = {"from": ["web", "migrate"], "to": ["api", "worker"], "why": "all of them"}
    pairs = {(source, target) for source, target, *_ in added(row)}
    assert pairs == {
        (source, target)
        for source in ("shop-frontend/web", "shop-core/migrate")
        for target in ("shop-core/api", "shop-core/worker")
    }, "a row with lists is short for its pairs"


def test_a_call_of_an_external_api_goes_through_the_egress() -> None:
    found = leaving(planned(), "shop-core/api")
    assert ("shop-frontend/traefik-egress", "TCP", 9001) in found, "each API has an entry point of its own"
    assert all(target != "internet" for target, *_ in found), "no client has a way out of its own"


def test_a_row_of_another_stage_is_left_out() -> None:
    row = {"from": "web", "to": "api", "why": "only in prod", "stages": ["prod"]}
    assert added(row) == set(), "dev does not run it"
    assert added(row, stage="prod") == {("shop-frontend/web", "shop-core/api", "TCP", 8080)}, "prod does"


def test_a_job_of_another_stage_leaves_no_row() -> None:
    assert not leaving(planned("dev"), "shop-database/cleanup"), "dev has no such pods, so a row would select nothing"
    assert ("shop-database/orders-db", "TCP", 5432) in leaving(planned("prod"), "shop-database/cleanup"), "prod has"


def test_an_api_of_another_stage_leaves_no_row() -> None:
    way = ("shop-core/api", "shop-frontend/traefik-egress", "TCP", 9003)
    assert way not in edges(planned("dev")), "dev has no entry point of it"
    assert way in edges(planned("prod")), "prod calls it"


def test_a_client_of_a_cache_under_sentinel_reaches_the_sentinels() -> None:
    written = {row.source.id: row.why for row in planned().matrix.rows if row.implied == "sentinel"}
    assert set(written) == {"shop-core/api", "shop-core/worker"}, "they alone ask for the master's address"
    ports = {port for target, _, port in leaving(planned(), "shop-core/api") if target.endswith("session-sentinel")}
    assert ports == {26379}, "it is the Sentinels' port"


def test_a_client_of_a_lone_cache_reaches_no_sentinel() -> None:
    single = planned(overrides={"cacheMode": "single"})
    assert not [row for row in single.matrix.rows if row.implied == "sentinel"], "there are no Sentinels to ask"


def test_a_written_row_wins_over_an_implied_one() -> None:
    why = "looks at the numbers itself"
    row = {"from": "operator:prometheus", "to": "api", "ports": ["metrics"], "why": why}
    system = planned(changes=flows(row))
    found = [row for row in system.matrix.rows if row.key == ("monitoring/prometheus", "shop-core/api", "TCP", 9464)]
    assert [(row.why, row.implied) for row in found] == [(why, None)], "the team's own reason stays, once"


def test_a_reason_stands_at_every_row() -> None:
    for stage in ("dev", "prod"):
        unexplained = [row.key for row in planned(stage).matrix.rows if not row.why]
        assert not unexplained, f"{unexplained}: without a reason no reader can remove it"


def test_a_service_and_its_row_add_exactly_their_own_connections() -> None:
    service = {"segment": "backend", "image": "shop/stock:1.0.0", "ports": {"http": 8082}}
    change = {"services": {"stock": service}, **flows({"from": "stock", "to": "orders-pool", "why": "counts goods"})}
    new = edges(planned(changes=change)) - edges(planned())
    assert new == {
        ("shop-core/stock", "shop-database/orders-pool", "TCP", 6432),
        ("shop-core/stock", "kube-system/dns", "TCP", 53),
        ("shop-core/stock", "kube-system/dns", "UDP", 53),
    }, "a service gets its row and name resolution, and no other workload gains anything"


def expanded(system: System, stage: str) -> Plan:
    return plan(system, environment(stage))


@given(st.permutations(range(ROWS)), st.sampled_from(["dev", "prod"]))
def test_the_order_of_the_flow_table_changes_nothing(order: list[int], stage: str) -> None:
    system = shop()
    shuffled = system.model_copy(update={"flows": tuple(system.flows[index] for index in order)})
    assert expanded(shuffled, stage).matrix.canonical() == expanded(system, stage).matrix.canonical(), (
        "the same table in another order is the same platform"
    )


@given(st.sets(st.integers(0, ROWS - 1)), st.sampled_from(["dev", "prod"]))
def test_every_row_leads_to_a_listener_of_its_target(kept: set[int], stage: str) -> None:
    system = shop()
    some = system.model_copy(update={"flows": tuple(system.flows[index] for index in sorted(kept))})
    for row in expand(topology(some, environment(stage))).rows:
        numbers = {(port.number, port.protocol) for port in row.target.listeners}
        outside = row.target.id in ("api-server", "dns-cache")
        assert outside or (row.listener.number, row.listener.protocol) in numbers, f"{row.key} leads to a closed port"
        assert row.source.isolated or row.target.isolated, f"{row.key} is between two others' pods, not ours to permit"


@given(st.sets(st.integers(0, ROWS - 1)), st.sampled_from(["dev", "prod"]))
def test_a_row_less_never_permits_more(kept: set[int], stage: str) -> None:
    system = shop()
    some = system.model_copy(update={"flows": tuple(system.flows[index] for index in sorted(kept))})
    assert edges(expanded(some, stage)) <= edges(expanded(system, stage)), "the flow table only adds"
