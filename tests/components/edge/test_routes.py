"""Routes lead from a host and a path to one Service, with the declared middlewares before it."""

from typing import Any

import pytest

from quadrant_platform.components.edge.routes import Routes
from tests.components.sample import Manifest, args, entry, kinds, one, planned, registered


def routed(stage: str = "dev", **changed: dict[str, Any]) -> list[Manifest]:
    return list(Routes.manifests(entry(planned(stage, {"edge": {"routes": changed}}))))


def rule_of(manifests: list[Manifest], name: str) -> Manifest:
    (rule,) = one(manifests, "IngressRoute", name)["spec"]["routes"]
    assert isinstance(rule, dict), "a router has one rule"
    return rule


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_every_route_is_encrypted_and_nothing_else_is(stage: str) -> None:
    for manifest in routed(stage):
        if manifest["kind"] == "IngressRoute":
            spec = manifest["spec"]
            assert (spec["entryPoints"], spec["tls"]) == (["websecure"], {}), "plain HTTP only redirects"


def test_a_route_lives_beside_what_it_leads_to() -> None:
    homes = {m["metadata"]["name"]: m["metadata"]["namespace"] for m in routed() if m["kind"] == "IngressRoute"}
    assert homes == {
        "site": "shop-frontend",
        "orders": "shop-core",
        "pictures": "shop-database",
        "dashboard": "shop-frontend",
    }, "references across namespaces are off"


def test_middlewares_stand_once_in_each_namespace_that_uses_them() -> None:
    again = {"host": "shop.example.com", "prefixes": ["/v2"], "to": "api", "middlewares": ["signed-in"], "why": "more"}
    found = routed(second=again, site={"middlewares": ["signed-in"]})
    places = [(m["metadata"]["namespace"], m["metadata"]["name"]) for m in found if m["kind"] == "Middleware"]
    expected = [("shop-core", "signed-in"), ("shop-frontend", "signed-in"), ("shop-frontend", "watched")]
    assert sorted(places) == expected, "none is missing, and none is made twice"


def test_middlewares_keep_their_declared_order() -> None:
    rule = rule_of(routed(orders={"middlewares": ["watched", "signed-in"]}), "orders")
    assert rule["middlewares"] == [{"name": "watched"}, {"name": "signed-in"}], "the first one sees the request first"


def test_an_unused_middleware_is_not_made() -> None:
    names = {m["metadata"]["name"] for m in routed(orders={"middlewares": []}) if m["kind"] == "Middleware"}
    assert names == {"watched"}, "signed-in guards no route now"


def test_a_route_names_the_service_and_its_port() -> None:
    assert rule_of(routed(), "orders")["services"] == [{"kind": "Service", "name": "api", "port": 8080}], "first port"
    console = rule_of(routed(), "pictures")["services"]
    assert console == [{"kind": "Service", "name": "pictures", "port": 9001}], "the named port of an object store"


def test_a_route_uses_the_port_of_the_service_not_of_the_pod() -> None:
    service = rule_of(routed(site={"to": "worker"}), "site")["services"][0]
    assert service["port"] == 80, "Traefik looks the port up in the Service"


def test_a_route_can_name_an_alias() -> None:
    service = rule_of(routed(orders={"alias": "orders"}), "orders")["services"][0]
    assert (service["name"], service["port"]) == ("orders", 80), "the alias has a name and a port of its own"


def test_the_dashboard_is_behind_its_middlewares() -> None:
    rule = rule_of(routed(), "dashboard")
    assert rule["services"] == [{"kind": "TraefikService", "name": "api@internal"}], "Traefik itself answers"
    assert rule["middlewares"] == [{"name": "watched"}], "users have to log in"


def test_a_control_plane_is_reached_in_its_own_namespace() -> None:
    changed = {"to": "operator:grafana", "port": "http", "middlewares": ["watched"]}
    found = routed(site=changed)
    assert one(found, "IngressRoute", "site")["metadata"]["namespace"] == "monitoring", "that is where Grafana is"
    assert rule_of(found, "site")["services"] == [{"kind": "Service", "name": "grafana", "port": 3000}], "its Service"


def test_affinity_is_a_protected_cookie() -> None:
    (service,) = rule_of(routed(orders={"sticky": True}), "orders")["services"]
    cookie = {"name": "api-affinity", "secure": True, "httpOnly": True, "sameSite": "lax"}
    assert service["sticky"]["cookie"] == cookie, "scripts and other sites cannot read it"
    (plain,) = rule_of(routed(), "orders")["services"]
    assert "sticky" not in plain, "requests go round all copies otherwise"


def test_every_rule_has_a_priority() -> None:
    assert rule_of(routed(site={"priority": 7}), "site")["priority"] == 7, "declared"
    assert rule_of(routed(), "orders")["priority"] > rule_of(routed(), "site")["priority"], "a path goes first"


def test_routes_of_another_stage_are_absent() -> None:
    names = {m["metadata"]["name"] for m in routed("prod") if m["kind"] == "IngressRoute"}
    assert "pictures" not in names, "the console is for dev"


def test_the_urls_are_those_of_the_routes() -> None:
    made = registered(lambda: Routes("routes", args(entry(planned()))))
    assert {resource.inputs["kind"] for resource in made if resource.is_manifest} == {"IngressRoute", "Middleware"}, (
        "the routes are registered"
    )
    urls = Routes.results(entry(planned())).urls
    assert urls, "users are shown where to go"
    hosts = {route.spec.host for route in entry(planned()).routes}
    assert {url.split("/")[2] for url in urls} == hosts, "each host of a route, and no other"


def test_only_routes_and_middlewares_are_made() -> None:
    assert set(kinds(routed())) == {"IngressRoute", "Middleware"}, "there is no Ingress and no Gateway beside them"
