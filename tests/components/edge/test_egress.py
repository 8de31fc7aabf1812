"""The egress Traefik is the only way out: one door for each external API, and nothing behind it but that API."""

from typing import Any

import yaml

from quadrant_platform.components.edge.egress import Egress
from quadrant_platform.model.expansion.external_apis import planned_apis
from quadrant_platform.model.expansion.plan import plan
from tests.components.sample import (
    Manifest,
    environment,
    kinds,
    main_container,
    one,
    planned,
    pod_spec,
    without,
)


def built(stage: str = "dev", **mail: Any) -> list[Manifest]:
    some = planned(stage, {"externalApis": {"mail": mail}})
    assert some.egress, "the shop calls APIs"
    return list(Egress.manifests(some.egress))


def file_of(manifests: list[Manifest], name: str) -> Manifest:
    content: Manifest = yaml.safe_load(one(manifests, "ConfigMap")["data"][name])
    return content


def http(**mail: Any) -> Manifest:
    part: Manifest = file_of(built(**mail), "routes.yml")["http"]
    return part


def test_it_has_no_rights_and_no_public_service() -> None:
    for stage in ("dev", "prod"):
        found = built(stage)
        assert not {"Role", "RoleBinding", "ClusterRole", "IngressRoute"} & set(kinds(found)), "it reads a file only"
        assert pod_spec(one(found, "Deployment"))["automountServiceAccountToken"] is False, (
            "no token that an intruder could use"
        )
        types = {m["spec"]["type"] for m in found if m["kind"] == "Service"}
        assert types == {"ClusterIP"}, "no load balancer and no node port leads to the way out"


def test_each_api_has_an_entry_point_of_its_own() -> None:
    static = file_of(built("prod"), "traefik.yml")
    ports = {name: point["address"] for name, point in static["entryPoints"].items()}
    expected = {"mail": ":9001", "customs": ":9002", "fraud": ":9003", "metrics": ":9100"}
    assert ports == expected, "who may call which API is then a row of the matrix"
    assert "api" not in static, "it has no dashboard"
    assert set(static["providers"]) == {"file"}, "routes are read from the reviewed file only"


def test_apis_of_another_stage_have_no_door() -> None:
    names = {m["metadata"]["name"] for m in built() if m["kind"] == "Service"}
    assert names == {"traefik-egress", "egress-mail", "egress-customs"}, "fraud is scored in prod"
    assert "fraud" not in file_of(built(), "traefik.yml")["entryPoints"], "its port is closed as well"


def test_a_base_url_leads_to_one_host_over_verified_tls() -> None:
    part = http(timeout="10s")
    router = part["routers"]["mail"]
    assert (router["entryPoints"], router["rule"]) == (["mail"], "PathPrefix(`/`)"), "every path of this door"
    balancer = part["services"]["mail"]["loadBalancer"]
    assert balancer["servers"] == [{"url": "https://api.mail.example.com:443"}], "one host"
    transport = part["serversTransports"][balancer["serversTransport"]]
    assert transport["serverName"] == "api.mail.example.com", "the certificate must be that host's"
    assert "insecureSkipVerify" not in transport, "and must be valid"
    assert transport["forwardingTimeouts"]["responseHeaderTimeout"] == "10s", "the declared patience"


def test_the_outside_learns_its_own_name_and_nothing_of_ours() -> None:
    headers = http()["middlewares"]["mail-host"]["headers"]["customRequestHeaders"]
    assert headers.pop("Host") == "api.mail.example.com", "without the port that Traefik would join to it"
    assert "X-Forwarded-For" in headers, "it would hold a pod's address"
    assert set(headers.values()) == {""}, "an empty value removes the header"


def test_guards_stand_in_the_order_in_which_they_count() -> None:
    part = http(inFlight=10, retries=2, rateLimit={"average": 60, "burst": 5})
    order = part["routers"]["mail"]["middlewares"]
    assert order == ["mail-host", "mail-rate", "mail-in-flight", "mail-retry"], "the limits count by the set host"
    guards = part["middlewares"]
    per_host = {"requestHost": True}
    assert guards["mail-in-flight"]["inFlightReq"] == {"amount": 10, "sourceCriterion": per_host}, "for all callers"
    limit = {"average": 60, "period": "1m", "burst": 5, "sourceCriterion": per_host}
    assert guards["mail-rate"]["rateLimit"] == limit, "for all callers"
    assert guards["mail-retry"]["retry"]["attempts"] == 3, "two retries are three attempts"


def test_nothing_is_repeated_or_limited_unless_it_is_declared() -> None:
    assert list(http()["middlewares"]) == ["mail-host"], "retries are off by default"


def test_copies_share_a_limit() -> None:
    prod = built("prod", inFlight=10)
    assert one(prod, "Deployment")["spec"]["replicas"] == 2, "the way out survives a node"
    guards = file_of(prod, "routes.yml")["http"]["middlewares"]
    assert guards["mail-in-flight"]["inFlightReq"]["amount"] == 5, "twice five are the declared ten"
    assert one(built(), "Deployment")["spec"]["replicas"] == 1, "dev runs single copies"


def test_a_passthrough_carries_one_name_unread() -> None:
    tcp = file_of(built(), "routes.yml")["tcp"]
    router = tcp["routers"]["customs"]
    assert router["rule"] == "HostSNI(`customs.example.gov`)", "any other name ends here"
    assert router["tls"] == {"passthrough": True}, "the caller checks the certificate itself"
    balancer = tcp["services"]["customs"]["loadBalancer"]
    assert balancer["servers"] == [{"address": "customs.example.gov:443"}], "one host"


def test_a_base_url_service_answers_where_configuration_files_point() -> None:
    some = planned()
    (port,) = one(built(), "Service", "egress-mail")["spec"]["ports"]
    assert planned_apis(some.system, some.environment, {})["mail"].url == f"http://egress-mail:{port['port']}", (
        "${egress:mail} is this address"
    )
    assert port["targetPort"] == 9001, "the pod's port is the matrix's"


def test_a_passthrough_service_answers_on_the_fixed_address_and_the_port_of_the_url() -> None:
    spec = one(built(), "Service", "egress-customs")["spec"]
    way_out = planned().egress
    assert way_out, "the shop calls APIs"
    assert spec["clusterIP"] == way_out.spec["customs"].address, "hostAliases of the callers name this address"
    (port,) = spec["ports"]
    assert (port["port"], port["targetPort"]) == (443, 9002), "https URLs stay verbatim"


def test_queries_stay_out_of_the_log() -> None:
    fields = file_of(built(), "traefik.yml")["accessLog"]["fields"]
    assert fields["names"] == {"RequestLine": "drop", "RequestPath": "drop"}, "some APIs want their key in the query"
    assert fields["headers"]["defaultMode"] == "drop", "and others in a header"


def test_metrics_and_ping_answer_on_one_port() -> None:
    found = built()
    assert file_of(found, "traefik.yml")["ping"] == {"entryPoint": "metrics"}, "doors are for callers only"
    assert main_container(one(found, "Deployment"))["readinessProbe"]["httpGet"]["port"] == 9100, "the kubelet asks it"
    selector = one(found, "ServiceMonitor")["spec"]["selector"]["matchLabels"].items()
    scraped = [
        m["metadata"]["name"] for m in found if m["kind"] == "Service" and selector <= m["metadata"]["labels"].items()
    ]
    assert scraped == ["traefik-egress"], "each pod is scraped once"


def test_a_system_without_external_apis_has_no_way_out() -> None:
    closed = plan(without("externalApis", "configs", "services", "jobs", "edge"), environment())
    assert closed.egress is None, "no door without an API"
