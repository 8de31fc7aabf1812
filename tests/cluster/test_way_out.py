"""The way out of motovault dev: the declared hosts through the egress Traefik, over TLS, and no other host."""

import subprocess
import sys

import pytest

from quadrant_platform.lab.kubernetes import authority
from quadrant_platform.lab.machine import network_plan
from quadrant_platform.lab.machine.home import Home
from tests.cluster.namespaces import Place, Target, connect, of_addresses
from tests.cluster.platform import SYSTEM, Platform

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("packets")]
AUTH0, VPIC = ("auth0", "motovaultpro.us.auth0.com"), ("vpic", "vpic.nhtsa.dot.gov")
CALLS = [
    pytest.param("admin-backend", *AUTH0, marks=pytest.mark.demand("EGR-01")),
    pytest.param("admin-backend", *VPIC, marks=pytest.mark.demand("EGR-01")),
    pytest.param("mvp-platform-tenants", *AUTH0, marks=pytest.mark.demand("EGR-01", "EGR-04")),
    pytest.param("mvp-platform-vehicles-api", *VPIC, marks=pytest.mark.demand("EGR-01", "EGR-04")),
]
CALL = """
import socket, ssl, sys
address, port, name, authority = sys.argv[1:]
context = ssl.create_default_context(cafile=authority or None)
if not authority:
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
try:
    with socket.create_connection((address, int(port)), timeout=10) as plain:
        with context.wrap_socket(plain, server_hostname=name) as encrypted:
            encrypted.sendall(f"GET / HTTP/1.1\\r\\nHost: {name}\\r\\nConnection: close\\r\\n\\r\\n".encode())
            while received := encrypted.recv(4096):
                print(received.decode())
except OSError as error:
    print(error)
"""
"""Prints what a host answers over TLS; without an authority, whoever it is."""


@pytest.fixture
def platform(motovault: Platform) -> Platform:
    if not motovault.cluster.lab:
        pytest.skip("needs lab: the internet of this cluster is the real one")
    return motovault


def place(platform: Platform, name: str) -> Place:
    """Return the network namespace of a ready pod of a service."""
    found = platform.cluster.items("pods", f"--namespace={SYSTEM}-backend", f"--selector=app.kubernetes.io/name={name}")
    address = next(one["status"]["podIP"] for one in found if one["status"]["phase"] == "Running")
    return of_addresses()[address]


def called(platform: Platform, name: str, api: str, host: str, trusted: bool = True) -> str:
    """Return what a service gets from a host behind the Service of an external API."""
    service = platform.cluster.one("service", f"{SYSTEM}-frontend", f"egress-{api}")["spec"]
    keys = str(authority.folder(Home.here()) / "ca.crt") if trusted else ""
    arguments = (service["clusterIP"], str(service["ports"][0]["port"]), host, keys)
    command = place(platform, name).command(sys.executable, "-c", CALL, *arguments)
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.mark.parametrize(("name", "api", "host"), CALLS)
def test_a_declared_host_answers_through_traefik_and_not_directly(
    name: str, api: str, host: str, platform: Platform
) -> None:
    direct = Target("TCP", network_plan.INTERNET.address, 443)
    assert connect(place(platform, name), [direct]) == ["silent"], "the very server, past Traefik"
    found = called(platform, name, api, host)
    assert "internet" in found, f"{host} answers, with a certificate for its name, which Traefik cannot read: {found}"


def test_no_other_host_is_reached_through_the_way_out(platform: Platform) -> None:
    for api in ("auth0", "vpic"):
        found = called(platform, "admin-backend", api, "example.com", trusted=False)
        assert "internet" not in found, f"the way to {api} leads to {api} alone: {found}"
