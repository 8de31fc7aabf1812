"""The public Traefik is the only way in, and has no more rights than it needs."""

from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from quadrant_platform.components.credentials.certificates import Certificates
from quadrant_platform.components.edge import traefik
from quadrant_platform.components.edge.edge import Edge, EdgeInputs
from quadrant_platform.model.expansion.plan import Plan, plan
from tests.components.sample import (
    Manifest,
    entry,
    environment,
    kinds,
    main_container,
    one,
    planned,
    pod_spec,
    without,
)

AUTH = {"service": "worker", "port": "http", "path": "/verify", "responseHeaders": ["X-Auth-User"]}
CERTIFICATE = {
    "name": "shop-tls", "commonName": "shop.example.com", "hosts": ["shop.example.com"], "download": "/certs/shop.crt",
}  # fmt: skip
CHANGES: Mapping[str, Any] = {"edge": {"certificate": CERTIFICATE, "middlewares": {"signed-in": {"forwardAuth": AUTH}}}}
STAGES = pytest.mark.parametrize("stage", ["dev", "prod"])


def objects(of: Plan) -> list[Manifest]:
    """The objects of a plan's public entry."""
    return list(Edge.manifests(EdgeInputs(entry(of), Certificates.results(of).names)))


def built(stage: str = "dev", **overrides: Any) -> list[Manifest]:
    return objects(planned(stage, CHANGES, overrides))


def file_of(manifests: list[Manifest], name: str) -> Manifest:
    content: Manifest = yaml.safe_load(one(manifests, "ConfigMap", "traefik-config")["data"][name])
    return content


@STAGES
def test_one_load_balancer_publishes_exactly_80_and_443(stage: str) -> None:
    services = {m["metadata"]["name"]: m["spec"] for m in built(stage) if m["kind"] == "Service"}
    public = services.pop("traefik")
    assert public["type"] == "LoadBalancer", "this is the way in"
    published = {port["port"]: port["targetPort"] for port in public["ports"]}
    assert published == {80: 8000, 443: 8443}, "the dashboard and the metrics stay inside (X-09)"
    assert public["externalTrafficPolicy"] == "Local", "limits and allow-lists need the clients' own addresses"
    assert {spec["type"] for spec in services.values()} == {"ClusterIP"}, "no second way in, and no node port"


def test_the_load_balancer_takes_its_address_and_its_clients_from_the_environment() -> None:
    publishing = {"loadBalancerAddress": "192.0.2.10", "loadBalancerAnnotations": {"a": "b"}, "externalDns": True}
    found = built("dev", publishing=publishing, network={"authorizedNetworks": ["198.51.100.0/24"]})
    service = one(found, "Service", "traefik")
    assert service["spec"]["loadBalancerIP"] == "192.0.2.10", "the reserved address"
    assert service["spec"]["loadBalancerSourceRanges"] == ["198.51.100.0/24"], "the authorised networks"
    assert service["metadata"]["annotations"] == {
        "a": "b",
        "external-dns.alpha.kubernetes.io/hostname": "pictures.example.com,shop.example.com,traefik.example.com",
    }, "records follow the hosts of this stage's routes"


def test_metrics_are_scraped_once_and_not_through_the_load_balancer() -> None:
    found = built()
    selector = one(found, "ServiceMonitor")["spec"]["selector"]["matchLabels"].items()
    scraped = [m for m in found if m["kind"] == "Service" and selector <= m["metadata"]["labels"].items()]
    assert [m["metadata"]["name"] for m in scraped] == ["traefik-metrics"], "the public Service is not scraped"
    assert [port["port"] for port in scraped[0]["spec"]["ports"]] == [9100], "it leads to metrics only"


@STAGES
def test_files_and_certificates_are_mounted_read_only(stage: str) -> None:
    mounts = {mount["mountPath"]: mount["readOnly"] for mount in main_container(deployment(stage))["volumeMounts"]}
    assert mounts == {"/etc/traefik": True, "/certs": True}, "Traefik writes to no file"
    assert set(one(built(stage), "ConfigMap")["data"]) == {"traefik.yml", "middleware.yml"}, "both files are there"


@STAGES
def test_no_private_key_is_mounted(stage: str) -> None:
    (certs,) = (v["secret"] for v in pod_spec(deployment(stage))["volumes"] if v["name"] == "certs")
    assert {item["key"] for item in certs["items"]} <= {"tls.crt", "ca.crt"}, "Traefik reads the key from its store"
    assert certs["optional"] is True, "the first pods start before the certificate exists"


def test_devices_fetch_the_authority_in_dev_from_inside_the_pod() -> None:
    dev = built()
    (server,) = pod_spec(one(dev, "Deployment"))["containers"][1:]
    assert "127.0.0.1:8081" in server["command"], "only its own pod reaches the file server"
    router = file_of(dev, "middleware.yml")["http"]["routers"]["certificate"]
    assert (router["rule"], router["tls"]) == ("Path(`/certs/shop.crt`)", {}), "under any host name, encrypted"
    prod = built("prod")
    assert len(pod_spec(one(prod, "Deployment"))["containers"]) == 1, "in prod there is nothing to fetch"
    assert "routers" not in file_of(prod, "middleware.yml")["http"], "nor a route to it"


def test_the_dashboard_is_open_to_a_port_forward_in_dev_only() -> None:
    open_api = {stage: file_of(built(stage), "traefik.yml")["api"]["insecure"] for stage in ("dev", "prod")}
    assert open_api == {"dev": True, "prod": False}, "in prod the dashboard has its allow-listed route only (X-09)"


@STAGES
def test_plain_http_is_redirected_to_the_public_port(stage: str) -> None:
    web = file_of(built(stage), "traefik.yml")["entryPoints"]["web"]
    redirection = {"to": ":443", "scheme": "https", "permanent": True}
    assert web["http"]["redirections"]["entryPoint"] == redirection, "browsers use 443, not the container's 8443"


@STAGES
def test_clients_cannot_say_who_they_are(stage: str) -> None:
    found = built(stage)
    secure = file_of(found, "traefik.yml")["entryPoints"]["websecure"]
    assert secure["http"]["middlewares"] == ["strip-identity@file"], "it runs before every route's own middlewares"
    strip = file_of(found, "middleware.yml")["http"]["middlewares"]["strip-identity"]["headers"]
    assert strip["customRequestHeaders"] == {"X-Auth-User": "", "X_Auth_User": ""}, "in both spellings"
    assert secure["forwardedHeaders"] == {"insecure": False}, "nor their source addresses"
    assert "proxyProtocol" not in secure, "by no means"
    assert not any(secure["http"]["encodedCharacters"].values()), "nor hide a separator in a path"


def test_without_identity_headers_the_dynamic_file_is_empty() -> None:
    found = objects(planned("prod"))
    assert file_of(found, "middleware.yml") == {}, "Traefik refuses empty sections"
    assert "middlewares" not in file_of(found, "traefik.yml")["entryPoints"]["websecure"]["http"], "nothing to strip"


@STAGES
def test_traefik_reads_only_what_routes_are_made_of(stage: str) -> None:
    found = built(stage)
    roles = [m for m in found if m["kind"] == "Role"]
    watched = file_of(found, "traefik.yml")["providers"]["kubernetesCRD"]
    assert [role["metadata"]["namespace"] for role in roles] == watched["namespaces"], "a role where it watches"
    verbs = {verb for role in roles for rule in role["rules"] for verb in rule["verbs"]}
    assert verbs == {"get", "list", "watch"}, "it never writes"
    assert not {"ClusterRole", "ClusterRoleBinding"} & set(kinds(found)), "it sees no other namespace"
    assert watched["disableClusterScopeResources"] is True, "without cluster-wide rights it must not ask"
    assert not watched["allowCrossNamespace"], "a route reaches its own namespace only"
    assert not watched["allowExternalNameServices"], "no name leads out of the cluster"
    assert watched["labelSelector"] == "app.kubernetes.io/part-of=shop", "other systems' routes are not served"


def test_namespaces_without_routes_are_not_watched() -> None:
    watched = [file_of(built(stage), "traefik.yml")["providers"]["kubernetesCRD"] for stage in ("dev", "prod")]
    assert watched[0]["namespaces"] == ["shop-core", "shop-database", "shop-frontend"], "pictures are looked at in dev"
    assert watched[1]["namespaces"] == ["shop-core", "shop-frontend"], "and not in prod"


@STAGES
def test_only_modern_tls_is_spoken(stage: str) -> None:
    option = one(built(stage), "TLSOption")
    assert option["metadata"]["name"] == "default", "it holds for every route"
    assert option["spec"]["minVersion"] == "VersionTLS12", "older versions are broken"
    assert all("ECDHE" in suite for suite in option["spec"]["cipherSuites"]), "keys of the past stay secret"
    assert option["spec"].get("sniStrict", False) is (stage == "prod"), "dev is reached by address too"


def test_the_certificate_is_both_default_and_found_by_name() -> None:
    spec = one(built(), "TLSStore")["spec"]
    secret = {"secretName": "shop-tls"}
    assert spec == {"defaultCertificate": secret, "certificates": [secret]}, "strict names look among the latter"
    assert "TLSStore" not in kinds(objects(planned())), "without a certificate there is no store"


def test_copies_follow_the_environment() -> None:
    assert deployment("dev")["spec"]["replicas"] == 1, "dev runs single copies"
    assert "PodDisruptionBudget" not in kinds(built("dev")), "a budget of one copy would block every drain"
    assert deployment("prod")["spec"]["replicas"] == 3, "prod runs what is declared"
    assert "PodDisruptionBudget" in kinds(built("prod")), "copies go one after the other"


def test_changed_files_roll_the_pods() -> None:
    def mark(stage_plan: Plan) -> str:
        meta = one(objects(stage_plan), "Deployment")["spec"]["template"]["metadata"]
        return str(meta["annotations"]["quadrant.dev/config"])

    assert mark(planned()) != mark(planned(overrides={"logLevel": "INFO"})), "Traefik reads its files at start only"


def test_a_system_without_routes_has_no_way_in() -> None:
    closed = plan(without("edge"), environment())
    assert closed.edge is None, "nothing public where nothing is routed"


def test_limits_are_those_of_a_supporting_service() -> None:
    resources = main_container(deployment("prod"))["resources"]
    assert resources["limits"].items() >= {"cpu": "500m", "memory": "512Mi"}.items(), "tier 3"
    assert pod_spec(deployment("prod"))["priorityClassName"] == "shop-critical", "but it goes last"


def deployment(stage: str) -> Manifest:
    return one(built(stage), "Deployment", "traefik")


def test_days_become_hours_for_go() -> None:
    assert [traefik.go_duration(text) for text in ("2d", "90s", "1h30m")] == ["48h", "90s", "1h30m"], "Go has no days"


def test_traefik_serves_on_and_then_has_time_for_open_requests() -> None:
    spec = pod_spec(one(built(), "Deployment"))
    assert main_container(one(built(), "Deployment"))["lifecycle"]["preStop"]["sleep"]["seconds"] == 5, "nodes learn"
    public = file_of(built(), "traefik.yml")["entryPoints"]["websecure"]
    assert public["transport"]["lifeCycle"] == {"graceTimeOut": "20s"}, "a second wait would only lengthen the end"
    assert spec["terminationGracePeriodSeconds"] > 5 + 20, "it ends by itself"
