"""Every public route of motovault dev, from outside, through Traefik, over TLS."""

import base64
import http.client
import socket
import ssl
from dataclasses import dataclass

import pytest

from quadrant_platform.lab.machine.network_plan import EntryPorts
from quadrant_platform.model.schema.exposure import Route
from tests.cluster.platform import SYSTEM, Platform
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
"""What the seed's middleware `secure-headers` asks for."""
TOKEN = {"Authorization": "Bearer somebody"}


@dataclass(frozen=True)
class Answer:
    """Status and headers."""

    status: int
    headers: dict[str, str]


@dataclass(frozen=True)
class Entry:
    """The public entry on loopback, and the authority that signed for it."""

    doors: EntryPorts
    authority: str

    def https(self, host: str, path: str = "/", **headers: str) -> Answer:
        """Ask over TLS; the certificate must be for the host and by the authority."""
        context = ssl.create_default_context(cadata=self.authority)
        with socket.create_connection(("127.0.0.1", self.doors.https), timeout=20) as plain:
            connection = http.client.HTTPConnection(host)
            connection.sock = context.wrap_socket(plain, server_hostname=host)
            return answer(connection, host, path, headers)

    def http(self, host: str, path: str = "/") -> Answer:
        """Ask in clear."""
        return answer(http.client.HTTPConnection("127.0.0.1", self.doors.http, timeout=20), host, path, {})


def answer(connection: http.client.HTTPConnection, host: str, path: str, headers: dict[str, str]) -> Answer:
    connection.request("GET", path, headers={"Host": host, **headers})
    response = connection.getresponse()
    response.read()
    connection.close()
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()})


@pytest.fixture(scope="module")
def entry(motovault: Platform) -> Entry:
    if not motovault.cluster.lab:
        pytest.skip("needs lab: nobody forwards this cluster's entry to loopback")
    secret = motovault.cluster.one("secret", f"{SYSTEM}-frontend", f"quadrant-{SYSTEM}-ca")
    return Entry(EntryPorts.here(), base64.b64decode(secret["data"]["tls.crt"]).decode())


def path_of(route: Route) -> str:
    return route.path or next(iter(route.prefixes), "/")


@pytest.mark.parametrize("name", [name for name, route in ROUTES.items() if "secure-headers" in route.middlewares])
def test_a_public_route_answers_over_tls_with_the_secure_headers(name: str, entry: Entry) -> None:
    route = ROUTES[name]
    found = entry.https(route.host, path_of(route), **TOKEN)
    assert found.status == 200, f"{route.host}{path_of(route)} leads to {route.to}"
    told = {header: found.headers.get(header) for header in SECURE}
    assert told == SECURE, "a browser is told what the seed asks for"


def test_an_api_behind_authentication_refuses_whoever_brings_no_token(entry: Entry) -> None:
    route = ROUTES["admin-api"]
    assert entry.https(route.host, path_of(route)).status == 401, "the service that knows the users says no"


@pytest.mark.parametrize("host", sorted({route.host for route in ROUTES.values()}))
def test_the_port_in_clear_leads_to_the_one_with_tls(host: str, entry: Entry) -> None:
    found = entry.http(host, "/some/page")
    assert found.status == 301, "for good"
    assert found.headers["location"] == f"https://{host}/some/page", "to the same page"


@pytest.mark.parametrize("name", [name for name, route in ROUTES.items() if "dashboard-allowlist" in route.middlewares])
def test_an_address_that_is_not_allowed_sees_no_dashboard(name: str, entry: Entry) -> None:
    assert entry.https(ROUTES[name].host).status == 403, "the lab's client stands outside of the allowed ranges"


def test_a_host_that_nobody_listed_is_not_found(entry: Entry) -> None:
    assert entry.https("other.motovaultpro.com").status == 404, "the wildcard certificate opens no door"
