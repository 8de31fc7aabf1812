"""The public entry of motovault dev on loopback, as a client outside of the cluster meets it."""

import base64
import http.client
import json
import socket
import ssl
from dataclasses import dataclass
from typing import Any

import pytest
from cryptography import x509

from quadrant_platform.lab.machine.network_plan import EntryPorts
from tests.cluster.platform import SYSTEM, Platform


@dataclass(frozen=True)
class Answer:
    """Status, headers and body of a response."""

    status: int
    headers: dict[str, str]
    body: str

    @property
    def document(self) -> dict[str, Any]:
        """Return the body of a response in JSON."""
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass(frozen=True)
class PublicEntry:
    """The two ports of the entry, and the authority that signed its certificate."""

    ports: EntryPorts
    authority: str

    def https(self, host: str, path: str = "/", method: str = "GET", **headers: str) -> Answer:
        """Return the response over TLS; the certificate must be for the host and by the authority."""
        connection = http.client.HTTPConnection(host)
        connection.sock = self._encrypted(host)
        return answer(connection, host, path, method, headers)

    def http(self, host: str, path: str = "/") -> Answer:
        """Return the response in clear."""
        plain = http.client.HTTPConnection("127.0.0.1", self.ports.http, timeout=20)
        return answer(plain, host, path, "GET", {})

    def certificate(self, host: str) -> x509.Certificate:
        """Return the certificate that a client of a host gets."""
        with self._encrypted(host) as encrypted:
            return x509.load_der_x509_certificate(encrypted.getpeercert(binary_form=True) or b"")

    def _encrypted(self, host: str) -> ssl.SSLSocket:
        context = ssl.create_default_context(cadata=self.authority)
        plain = socket.create_connection(("127.0.0.1", self.ports.https), timeout=20)
        return context.wrap_socket(plain, server_hostname=host)


def answer(
    connection: http.client.HTTPConnection, host: str, path: str, method: str, headers: dict[str, str]
) -> Answer:
    """Return the response to one request."""
    connection.request(method, path, headers={"Host": host, **headers})
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, body)


@pytest.fixture(scope="session")
def entry(motovault: Platform) -> PublicEntry:
    """Return the entry of motovault dev once all of it is Ready."""
    if not motovault.cluster.lab:
        pytest.skip("needs lab: no port of loopback leads to the entry of this cluster")
    secret = motovault.cluster.one("secret", f"{SYSTEM}-frontend", f"quadrant-{SYSTEM}-ca")
    return PublicEntry(EntryPorts.here(), base64.b64decode(secret["data"]["tls.crt"]).decode())
