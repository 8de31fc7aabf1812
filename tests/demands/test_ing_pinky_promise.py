"""The way in of pinky-promise: certificate, names, address, routes and affinity."""

import pytest

from tests.demands.gateway import answering, certified, chain, entry, middleware, routers, static, target
from tests.demands.reach import reach
from tests.demands.rendered import STAGES, breaks, container, manifests, named, planted, refused
from tests.stacks import Manifest

PINKY = "pinky-promise"
HOST, WWW = "pinky-promise.example.com", "www.pinky-promise.example.com"
MONITORING, WILDCARD = "monitoring.pinky-promise.example.com", "*.pinky-promise.example.com"


def certificate(name: str) -> Manifest:
    spec: Manifest = named(manifests(PINKY, "prod"), "Certificate", name)["spec"]
    return spec


def issuer(spec: Manifest) -> Manifest:
    """The ACME settings behind a certificate."""
    acme: Manifest = named(manifests(PINKY, "prod"), "Issuer", spec["issuerRef"]["name"])["spec"]["acme"]
    return acme


def hours(text: str) -> int:
    return int(text.removesuffix("h"))


def front_door() -> Manifest:
    return named(manifests(PINKY, "prod"), "Service", "traefik")


@pytest.mark.demand("ING-29")
def test_the_certificate_holds_apex_and_www_and_is_renewed_in_time() -> None:
    """X-49: cert-manager in place of the cloud's own certificates; the monitoring host is among the names."""
    spec = certificate("pinky-promise-ssl")
    assert {HOST, WWW, MONITORING} <= set(spec["dnsNames"]), "every explicit name"
    assert issuer(spec)["server"].startswith("https://acme-v02.api.letsencrypt.org/"), "an authority that renews"
    assert 0 < hours(spec["renewBefore"]) < hours(spec["duration"]), "the next one is there before this one ends"
    assert spec["secretName"] == "pinky-promise-ssl", "Traefik reads it from the store, so a renewal needs no restart"
    store = named(manifests(PINKY, "prod"), "TLSStore", "default")["spec"]
    assert store["defaultCertificate"] == {"secretName": "pinky-promise-ssl"}, "it is the one that is served"


@pytest.mark.demand("ING-30")
def test_the_wildcard_is_proved_by_dns_in_an_order_of_its_own() -> None:
    """X-49: a DNS challenge grants it; beside names that it covers, Let's Encrypt would refuse the order."""
    spec = certificate("pinky-promise-ssl-wildcard")
    assert spec["dnsNames"] == [WILDCARD], "alone"
    assert WILDCARD not in certificate("pinky-promise-ssl")["dnsNames"], "not beside www and monitoring"
    solvers = issuer(spec)["solvers"]
    assert solvers == [{"dns01": {"cloudDNS": {"project": "pinky-promise"}}}], "no other challenge grants a wildcard"
    assert WILDCARD in certified(PINKY, "prod"), "it is served"


@pytest.mark.demand("ING-31")
def test_dns_records_lead_to_the_load_balancer() -> None:
    annotations = front_door()["metadata"]["annotations"]
    names = set(annotations["external-dns.alpha.kubernetes.io/hostname"].split(","))
    assert names == {HOST, WWW, MONITORING}, "external-dns makes a record of each host that is served"


@pytest.mark.demand("ING-32")
def test_the_load_balancer_has_the_reserved_address() -> None:
    spec = front_door()["spec"]
    assert (spec["type"], spec["loadBalancerIP"]) == ("LoadBalancer", "192.0.2.10"), "the address of the stack's file"


@STAGES
@pytest.mark.demand("ING-33")
def test_only_https_is_served(stage: str) -> None:
    redirect = static(PINKY, stage)["entryPoints"]["web"]["http"]["redirections"]["entryPoint"]
    assert redirect == {"to": ":443", "scheme": "https", "permanent": True}, "port 80 sends everybody to 443"
    for name in routers(PINKY, stage):
        assert entry(PINKY, stage, name) == (["websecure"], True), f"{name} answers over TLS only"
    stack = manifests(PINKY, stage)
    assert not breaks(PINKY, stage, "plain-routers-redirect"), "the policy agrees"
    plain = planted(stack, named(stack, "IngressRoute", "api"), "spec/entryPoints", ["web"])
    assert refused(plain, "plain-routers-redirect") == {"api"}, "a plain router is refused"


@STAGES
@pytest.mark.demand("ING-34")
def test_the_api_goes_to_the_backend_and_everything_else_to_the_frontend(stage: str) -> None:
    """Section 3.3: Traefik's routers take the place of the ingress pinky-promise-ingress."""
    rules = routers(PINKY, stage)
    for path in ("/api", "/api/promises", "/api/health", "/api/auth/login", "/api/users/1"):
        router = answering(PINKY, stage, HOST, path)
        assert target(rules[router]) == ("backend", 5001), f"{path} is the API's"
    for path in ("/", "/promises/1", "/static/app.js"):
        router = answering(PINKY, stage, HOST, path)
        assert target(rules[router]) == ("frontend", 8080), f"{path} is the browser application's"
    assert reach(PINKY, stage).sources("backend", 5001) == {"traefik"}, "there is no other way to the API"


@STAGES
@pytest.mark.demand("ING-36")
def test_a_session_stays_with_its_backend_as_long_as_that_is_healthy(stage: str) -> None:
    """Section 3.3: affinity is the API's, the frontend serves files."""
    rules = routers(PINKY, stage)
    cookies = [rule["services"][0].get("sticky", {}).get("cookie", {})
               for rule in rules.values() if target(rule)[0] == "backend"]  # fmt: skip
    assert len(cookies) == 2, "the API with and without token"
    assert {cookie.get("name") for cookie in cookies} == {"backend-affinity"}, "both keep the same backend"
    assert all(cookie["secure"] and cookie["httpOnly"] for cookie in cookies), "the cookie is no script's"
    for name, path, port in (("backend", "/health", 5001), ("frontend", "/health/ready", 8080)):
        asked = container(PINKY, stage, name)["readinessProbe"]["httpGet"]
        assert (asked["path"], asked["port"]) == (path, port), f"a {name} that is not ready gets no requests"


@pytest.mark.demand("ING-37", partly="no stack deploys the Grafana behind the route")
def test_dashboards_ask_for_a_login_over_tls() -> None:
    """X-49: the monitoring host is among the certificate's names."""
    rule = routers(PINKY, "prod")["monitoring"]
    assert rule["match"] == f"Host(`{MONITORING}`)", "the declared host"
    assert target(rule) == ("grafana", 3000), "it leads to Grafana"
    assert entry(PINKY, "prod", "monitoring") == (["websecure"], True), "TLS only"
    assert MONITORING in certified(PINKY, "prod"), "with a certificate that has its name"
    assert chain(rule)[:2] == ["office-only", "monitoring-login"], "first the address, then the login"
    login = middleware(PINKY, "prod", "monitoring-login")["basicAuth"]
    secrets = {one["metadata"]["name"] for one in manifests(PINKY, "prod") if one["kind"] == "ExternalSecret"
               and one["metadata"]["namespace"] == "monitoring"}  # fmt: skip
    assert login["secret"] in secrets, "the users come from the vault, and stand where the route looks for them"


@pytest.mark.demand("ING-38")
def test_static_files_may_be_kept_by_caches() -> None:
    rules = routers(PINKY, "prod")
    for path in ("/static/app.js", "/assets/logo.svg"):
        router = answering(PINKY, "prod", HOST, path)
        assert "static-cache" in chain(rules[router]), f"{path} states how long it may be kept"
        assert "compress" in chain(rules[router]), f"{path} is small on the wire"
    kept = middleware(PINKY, "prod", "static-cache")["headers"]["customResponseHeaders"]
    assert kept == {"Cache-Control": "public, max-age=31536000, immutable"}, "names change with the content"
    assert "static-cache" not in chain(rules["app"]), "the page that names the files is asked for anew"
