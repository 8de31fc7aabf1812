"""Addresses for Services of type LoadBalancer, and ports of loopback that lead to the oldest of them.

Runs as a process of the lab: `python -m quadrant_platform.lab.network.load_balancer KUBECONFIG HTTP HTTPS`. It
listens on the machine's loopback, and connects from the external client's namespace: the machine itself is exempt
from its pods' policies.
"""

from __future__ import annotations

import asyncio
import ctypes
import ipaddress
import json
import os
import socket
import ssl
import sys
import tempfile
from base64 import b64decode
from contextlib import closing, suppress
from http import HTTPStatus
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from quadrant_platform.lab.machine import network_plan

PUBLIC = (80, 443)
"""Ports of the public entry, in the order of those on loopback."""
NAMESPACES = Path("/run/netns")
CLONE_NEWNET = 0x40000000
"""From sched.h."""
PERIOD = 1.0
"""Seconds between two looks at the cluster."""
Service = dict[str, Any]


class Api:
    """The API server, called with a kubeconfig's certificate."""

    def __init__(self, kubeconfig: Path) -> None:
        content = yaml.safe_load(kubeconfig.read_text("utf-8"))
        user, cluster = content["users"][0]["user"], content["clusters"][0]["cluster"]
        self._host = urlsplit(cluster["server"]).netloc
        self._context = ssl.create_default_context(cadata=b64decode(cluster["certificate-authority-data"]).decode())
        with tempfile.NamedTemporaryFile() as pair:
            pair.write(b64decode(user["client-certificate-data"]) + b64decode(user["client-key-data"]))
            pair.flush()
            self._context.load_cert_chain(pair.name)

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the answer to a request; OSError where there is none."""
        headers = {"Content-Type": "application/merge-patch+json"} if body is not None else {}
        with closing(HTTPSConnection(self._host, context=self._context, timeout=5)) as connection:
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            if answer.status != HTTPStatus.OK:
                raise OSError(f"{method} {path}: {answer.status} {answer.reason}")
            found: dict[str, Any] = json.load(answer)
            return found

    def balancers(self) -> list[Service]:
        """Return the Services of type LoadBalancer, the oldest first."""
        services = self.call("GET", "/api/v1/services")["items"]
        found = (one for one in services if one["spec"]["type"] == "LoadBalancer")
        return sorted(found, key=lambda one: (one["metadata"]["creationTimestamp"], one["metadata"]["namespace"]))

    def assign(self, service: Service, address: str) -> None:
        """Write the address of a Service into its status."""
        metadata = service["metadata"]
        path = f"/api/v1/namespaces/{metadata['namespace']}/services/{metadata['name']}/status"
        self.call("PATCH", path, {"status": {"loadBalancer": {"ingress": [{"ip": address}]}}})


def address_of(service: Service) -> str | None:
    """Return the address that a Service has already."""
    for ingress in service.get("status", {}).get("loadBalancer", {}).get("ingress") or ():
        return str(ingress["ip"])
    return None


def allocate(services: list[Service]) -> dict[int, str]:
    """Return a free address for each Service that has none, by its index."""
    taken = {address_of(service) for service in services}
    first = ipaddress.ip_address(network_plan.FIRST_BALANCER)
    free = (str(first + number) for number in range(50) if str(first + number) not in taken)
    return {index: next(free) for index, service in enumerate(services) if address_of(service) is None}


class LoadBalancer:
    """The Service to which each port of the public entry leads, kept up to date with the cluster."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._addresses: dict[int, str] = {}

    async def watch(self) -> None:
        """Update again and again; a cluster that does not answer for a while is no reason to end."""
        while True:
            with suppress(OSError, HTTPException, ValueError):
                await asyncio.to_thread(self.update)
            await asyncio.sleep(PERIOD)

    def update(self) -> None:
        """Assign addresses to Services that have none, and find which Service serves which port."""
        services = self._api.balancers()
        allocated = allocate(services)
        for index, address in allocated.items():
            self._api.assign(services[index], address)
        served: dict[int, str] = {}
        for index, service in enumerate(services):
            address = address_of(service) or allocated[index]
            served = {**{one["port"]: address for one in service["spec"]["ports"]}, **served}
        self._addresses = served

    def target(self, port: int) -> str | None:
        """Return the address of the oldest Service that serves a port."""
        return self._addresses.get(port)

    async def serve(self, listener: socket.socket, port: int) -> None:
        """Forward a listener's connections to a port of the public entry, which may move meanwhile."""

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            address = self.target(port)
            if address is None:
                writer.close()
            else:
                await forward(reader, writer, (address, port))

        server = await asyncio.start_server(accept, sock=listener)
        await server.serve_forever()


async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: tuple[str, int]) -> None:
    """Connect to a target and copy both directions, each until its own end."""
    with suppress(OSError):
        onward, back = await asyncio.open_connection(*target)
        await asyncio.gather(_copy(reader, back), _copy(onward, writer))
        back.close()
    writer.close()


async def _copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
        sink.write_eof()


async def _run(kubeconfig: Path, listeners: list[socket.socket]) -> None:
    balancer = LoadBalancer(Api(kubeconfig))
    await asyncio.gather(balancer.watch(), *map(balancer.serve, listeners, PUBLIC))


def _enter(namespace: str) -> None:
    """Move this process into a network namespace; the sockets that it has stay where they were made."""
    with (NAMESPACES / namespace).open("rb") as place:
        if ctypes.CDLL(None, use_errno=True).setns(place.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), namespace)


def main(kubeconfig: str, *ports: str) -> None:
    """Listen on loopback, enter the client's namespace, and forward until the process ends."""
    listeners = [socket.create_server(("127.0.0.1", int(port))) for port in ports]
    _enter(network_plan.CLIENT.name)
    asyncio.run(_run(Path(kubeconfig), listeners))


if __name__ == "__main__":
    main(*sys.argv[1:])
