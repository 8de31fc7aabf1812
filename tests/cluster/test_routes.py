"""Every public route of motovault dev, from outside, through Traefik, over TLS."""

import ipaddress
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from quadrant_platform.model.schema.exposure import Route
from tests.cluster.platform import SYSTEM
from tests.cluster.public_entry import PublicEntry
from tests.stacks import planned

pytestmark = pytest.mark.lab

ROUTES = planned(SYSTEM, "dev").system.edge.routes
SECURE = {
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-xss-protection": "1; mode=block",
    "vary": "Origin",
}
"""The headers of the seed's middleware `secure-headers`."""
TOKEN = {"Authorization": "Bearer somebody"}
ADMIN = "https://admin.motovaultpro.com"
PREFLIGHT = {"Origin": ADMIN, "Access-Control-Request-Method": "PUT"}
ROWS = {"admin-app": ["ING-05"], "landing": ["ING-07"], "health": ["ING-12"]}
"""The rows that ask for one route."""


def path_of(route: Route) -> str:
    return route.path or next(iter(route.prefixes), "/")


@pytest.mark.demand("ING-08", "WRK-43")
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.demand(*ROWS.get(name, ())))
        for name, route in ROUTES.items()
        if "secure-headers" in route.middlewares
    ],
)
def test_a_public_route_answers_over_tls_with_the_secure_headers(name: str, entry: PublicEntry) -> None:
    route = ROUTES[name]
    found = entry.https(route.host, path_of(route), **TOKEN)
    assert found.status == 200, f"{route.host}{path_of(route)} leads to {route.to}"
    sent = {header: found.headers.get(header) for header in SECURE}
    assert sent == SECURE, "a browser gets what the seed asks for"


@pytest.mark.demand("ING-08")
@pytest.mark.parametrize("name", ["admin-app", "landing"])
def test_pages_let_the_two_own_origins_ask_with_five_methods(name: str, entry: PublicEntry) -> None:
    found = entry.https(ROUTES[name].host, method="OPTIONS", **PREFLIGHT)
    assert found.headers.get("access-control-allow-origin") == ADMIN, "an origin of the system"
    assert found.headers.get("access-control-allow-methods") == "GET,OPTIONS,PUT,POST,DELETE", "the declared methods"
    assert found.headers.get("access-control-max-age") == "100", "seconds for which a browser remembers it"


@pytest.mark.demand("ING-06")
def test_a_preflight_of_the_api_passes_without_a_token(entry: PublicEntry) -> None:
    route = ROUTES["admin-api"]
    found = entry.https(route.host, path_of(route), method="OPTIONS", **PREFLIGHT)
    assert found.status == 200, "browsers send no token with it, so cors answers before api-auth can refuse"
    assert found.headers.get("access-control-allow-origin") == ADMIN, "the pages may call their API"
    foreign = entry.https(route.host, path_of(route), method="OPTIONS", **PREFLIGHT | {"Origin": "https://example.com"})
    assert "access-control-allow-origin" not in foreign.headers, "pages of others may not"


@pytest.mark.demand("ING-10")
def test_an_api_behind_authentication_refuses_whoever_brings_no_token(entry: PublicEntry) -> None:
    route = ROUTES["admin-api"]
    assert entry.https(route.host, path_of(route)).status == 401, "the service that checks tokens refuses"


@pytest.mark.demand("ING-10")
def test_a_service_learns_from_authentication_who_asks(entry: PublicEntry) -> None:
    route = ROUTES["admin-api"]
    found = entry.https(
        route.host, f"{path_of(route)}/echo", **TOKEN, **{"X-Auth-User": "forged", "X-Auth-Roles": "root"}
    )
    sent = found.document["headers"]
    assert sent["x-auth-user"] not in ("", "forged"), "the name comes from the token, not from the client"
    assert sent["x-auth-roles"] == "user", "and so do the roles"


@pytest.mark.demand("ING-15")
@pytest.mark.parametrize("host", sorted({route.host for route in ROUTES.values()}))
def test_the_port_in_clear_leads_to_the_one_with_tls(host: str, entry: PublicEntry) -> None:
    found = entry.http(host, "/some/page")
    assert found.status == 301, "for good"
    assert found.headers["location"] == f"https://{host}/some/page", "to the same page"


@pytest.mark.demand("ING-14")
def test_the_certificate_holds_the_declared_names(entry: PublicEntry) -> None:
    """X-16: the list of names counts, and the .local hosts of dev are added. The authority is the system's own."""
    found, authority = entry.certificate("motovaultpro.com"), x509.load_pem_x509_certificate(entry.authority.encode())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    (common,) = found.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    assert common.value == "motovaultpro.com", "the name of the product"
    declared = {"motovaultpro.com", "admin.motovaultpro.com", "*.motovaultpro.com"}
    assert declared <= set(names.get_values_for_type(x509.DNSName)), "every declared name"
    assert names.get_values_for_type(x509.IPAddress) == [ipaddress.ip_address("127.0.0.1")], "and a port-forward"
    key = found.public_key()
    assert isinstance(key, rsa.RSAPublicKey), "an RSA key"
    assert key.key_size == 2048, "of 2048 bits"
    lifetime = found.not_valid_after_utc - found.not_valid_before_utc
    assert abs(lifetime - timedelta(days=365)) < timedelta(minutes=1), "a year"
    found.verify_directly_issued_by(authority)
    assert authority.issuer == authority.subject, "no authority outside signs it"


@pytest.mark.parametrize("name", [name for name, route in ROUTES.items() if "dashboard-allowlist" in route.middlewares])
@pytest.mark.demand("WRK-43")
def test_an_address_that_is_not_allowed_sees_no_dashboard(name: str, entry: PublicEntry) -> None:
    assert entry.https(ROUTES[name].host).status == 403, "the lab's client is outside of the allowed ranges"


def test_a_host_that_nobody_listed_is_not_found(entry: PublicEntry) -> None:
    assert entry.https("other.motovaultpro.com").status == 404, "the wildcard certificate opens no door"
