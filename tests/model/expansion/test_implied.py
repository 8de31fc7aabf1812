"""Implied rows: each rule adds what it must, and nothing where its reason is absent."""

import pytest

from quadrant_platform.model.expansion.endpoint import Endpoint
from quadrant_platform.model.expansion.implied import RULES
from quadrant_platform.model.expansion.plan import Plan, plan
from tests.components.sample import Changes, environment, planned, shop, without
from tests.model.expansion.rows import arriving, edges, implied, leaving

CNPG_PORTS = (5432, 8000)


def bare(*keys: str, stage: str = "dev") -> Plan:
    """The plan of a shop without some of its keys."""
    return plan(without(*keys), environment(stage))


def network(**settings: object) -> Changes:
    return {"network": settings}


def own(of: Plan) -> list[Endpoint]:
    return [endpoint for _, endpoint in of.topology.own()]


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_every_pod_resolves_names_over_udp_and_tcp(stage: str) -> None:
    some = planned(stage)
    expected = {(pods.id, "kube-system/dns", protocol, 53) for pods in own(some) for protocol in ("UDP", "TCP")}
    assert implied(some, "dns") == expected, "a long answer comes over TCP, and no pod resolves elsewhere"


def test_a_node_local_resolver_is_reached_by_its_addresses() -> None:
    some = planned(overrides=network(dns={"extraCidrs": ["169.254.20.10/32"]}))
    expected = {(pods.id, "dns-cache", protocol, 53) for pods in own(some) for protocol in ("UDP", "TCP")}
    assert expected <= implied(some, "dns"), "a cache on the node is no pod, so labels cannot name it"


def test_without_a_node_local_resolver_no_address_is_opened() -> None:
    targets = {target for _, target, *_ in implied(planned(), "dns")}
    assert targets == {"kube-system/dns"}, "the cluster's resolver is the only one"


def test_users_reach_the_public_traefik_only() -> None:
    some = planned()
    assert implied(some, "entry") == {("public", "shop-frontend/traefik", "TCP", port) for port in (8000, 8443)}, (
        "80 redirects and 443 serves"
    )
    assert {target for source, target, *_ in edges(some) if source == "public"} == {"shop-frontend/traefik"}, (
        "there is one way in"
    )


def test_a_system_without_routes_has_no_way_in() -> None:
    some = bare("edge")
    assert not implied(some, "entry") | implied(some, "route"), "nothing is public, so nothing is let in"
    assert all("traefik" not in target or "egress" in target for _, target, *_ in edges(some)), "and no Traefik is"


def test_the_public_traefik_reaches_the_targets_of_routes_and_forward_auth() -> None:
    traefik = "shop-frontend/traefik"
    assert implied(planned(), "route") == {
        (traefik, "shop-frontend/web", "TCP", 3000),
        (traefik, "shop-core/api", "TCP", 8080),
        (traefik, "shop-core/worker", "TCP", 8081),
        (traefik, "shop-database/pictures", "TCP", 9001),
    }, "a route's first port, its named port, and the service that a forward-auth middleware asks"


def test_a_route_of_another_stage_opens_nothing() -> None:
    targets = {target for _, target, *_ in implied(planned("prod"), "route")}
    assert "shop-database/pictures" not in targets, "the console's route is for dev"


def test_a_route_to_an_operator_leads_to_its_pods() -> None:
    route = {"host": "grafana.example.com", "to": "operator:grafana", "why": "dashboards"}
    some = planned(changes={"edge": {"routes": {"grafana": route}}})
    assert ("shop-frontend/traefik", "monitoring/grafana", "TCP", 3000) in implied(some, "route"), "others' pods"


def test_only_the_egress_traefik_reaches_the_internet() -> None:
    some = planned()
    assert arriving(some, "internet") == {("shop-frontend/traefik-egress", "TCP", 443)}, "there is one way out"


def test_without_external_apis_there_is_no_way_out() -> None:
    some = bare("externalApis")
    assert "egress" not in some.topology.endpoints, "a Traefik without entry points would do nothing"
    assert not arriving(some, "internet"), "and no connection leaves"


def test_an_api_on_another_port_opens_that_port() -> None:
    some = planned(changes={"externalApis": {"mail": {"port": 8443}}})
    assert {port for *_, port in implied(some, "egress")} == {443, 8443}, "the way out is as wide as declared"


def test_only_who_watches_the_kubernetes_api_reaches_it() -> None:
    assert {source for source, *_ in arriving(planned("dev"), "api-server")} == {"shop-frontend/traefik"}, (
        "in dev the public Traefik watches routes, and the egress reads a file"
    )
    expected = {
        "shop-frontend/traefik",
        *(f"shop-database/{name}" for name in ("orders-db", "ledger-db", "orders-pool")),
    }
    assert {source for source, *_ in arriving(planned("prod"), "api-server")} == expected, "as do an operator's pods"


def test_without_configured_addresses_no_workload_reaches_the_kubernetes_api() -> None:
    some = planned("prod", overrides=network(apiServer={"cidrs": []}))
    assert not arriving(some, "api-server"), "an unknown address closes the way instead of opening all"


def test_prometheus_scrapes_what_exports_metrics() -> None:
    expected = {(pods.id, listener.number) for pods in own(planned()) for listener in pods.listeners
                if listener.name == pods.metrics}  # fmt: skip
    found = {(target, port) for _, target, _, port in implied(planned(), "metrics")}
    assert found == expected, "every exporter, and no other port"
    assert ("shop-core/api", 9464) in found, "a service's declared port among them"


def test_a_service_without_metrics_is_not_scraped() -> None:
    sources = {source for source, *_ in arriving(planned(), "shop-frontend/web")}
    assert "monitoring/prometheus" not in sources, "it declares no metrics"


def test_a_pooler_reaches_its_database_and_no_other() -> None:
    assert implied(planned(), "pooler") == {("shop-database/orders-pool", "shop-database/orders-db", "TCP", 5432)}, (
        "its own database"
    )
    assert not implied(bare("poolers"), "pooler"), "no pooler, no row"


def test_sentinels_and_copies_of_a_cache_watch_each_other() -> None:
    pods, watch = "shop-database/session", "shop-database/session-sentinel"
    found = {edge for edge in implied(planned(), "replication") if edge[0] in (pods, watch)}
    assert found == {
        (pods, pods, "TCP", 6379),
        (pods, watch, "TCP", 26379),
        (watch, pods, "TCP", 6379),
        (watch, watch, "TCP", 26379),
    }, "replication, quorum, watching, and the question for the master at start"


def test_a_replicated_cache_follows_itself_where_copies_run() -> None:
    pages = ("shop-platform/pages", "shop-platform/pages", "TCP", 6379)
    assert pages in implied(planned("prod"), "replication"), "the replica asks the master"
    assert pages not in implied(planned("dev"), "replication"), "a single copy follows no other"


def test_a_lone_cache_follows_no_other() -> None:
    for stage in ("dev", "prod"):
        assert not [edge for edge in implied(planned(stage), "replication") if "counters" in edge[0]], "it is alone"


def test_nodes_of_a_broker_reach_each_other_on_both_ports() -> None:
    bus = "shop-platform/bus"
    assert {edge for edge in implied(planned(), "replication") if edge[0] == bus} == {
        (bus, bus, "TCP", 9092),
        (bus, bus, "TCP", 9093),
    }, "data and the controllers' quorum"


@pytest.mark.parametrize("name", ["orders-db", "ledger-db"])
def test_the_operator_of_databases_manages_its_clusters_in_prod(name: str) -> None:
    pods = f"shop-database/{name}"
    expected = {(source, pods, "TCP", port) for source in ("cnpg-system/cnpg", pods) for port in CNPG_PORTS}
    assert expected <= implied(planned("prod"), "operator"), "the operator asks for the status, copies stream"


def test_databases_of_their_own_pods_know_no_operator() -> None:
    assert not implied(planned("dev"), "operator"), "dev runs StatefulSets"
    managed = {target for _, target, *_ in implied(planned("prod"), "operator")}
    assert "shop-database/events-db" not in managed, "the operator is PostgreSQL's"


def test_kubelet_probes_are_rows_only_where_nodes_are_configured() -> None:
    assert not implied(planned(), "probes"), "most network plugins let the kubelet through"
    some = planned(overrides=network(nodeCidrs=["192.0.2.0/24"]))
    found = {(target, port) for _, target, _, port in implied(some, "probes")}
    assert found == {(pods.id, one.number) for pods in own(some) for one in pods.probed}, "the probed ports of each pod"
    assert ("shop-core/migrate", 53) not in found, "a job is not probed"


def test_every_rule_names_itself_in_its_rows() -> None:
    some = planned("prod", overrides=network(nodeCidrs=["192.0.2.0/24"]))
    for rule in RULES:
        names = {row.implied for row in rule(some.topology)}
        assert len(names) == 1, f"{rule.__name__} has one name, by which a reader finds it"
        assert None not in names, f"the rows of {rule.__name__} are not written by hand"


def test_a_workload_without_rows_only_resolves_names() -> None:
    web = leaving(planned(), "shop-frontend/web")
    assert {target for target, *_ in web} == {"kube-system/dns"}, "what is not declared is not permitted"


def test_the_shop_of_these_tests_has_every_kind_of_endpoint() -> None:
    found = {pods.kind for pods in own(plan(shop(), environment()))}
    assert found == {
        "service", "job", "database", "pooler", "cache", "sentinel", "objectStore", "broker", "edge", "egress",
    }, "a rule for a kind that is not here would go untested"  # fmt: skip
