"""The way in: addresses for Services of type LoadBalancer, and ports of loopback that lead to the first of them.

Runs as a process of the lab: `python -m lab.doors KUBECONFIG HTTP HTTPS`.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import ssl
import sys
import tempfile
import urllib.request
from base64 import b64decode
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from lab import plan

PERIOD = 1.0
"""Seconds between two looks at the cluster."""
Service = dict[str, Any]


class Api:
    """The API server, asked with a kubeconfig's certificate."""

    def __init__(self, kubeconfig: Path) -> None:
        content = yaml.safe_load(kubeconfig.read_text("utf-8"))
        user, cluster = content["users"][0]["user"], content["clusters"][0]["cluster"]
        self._server: str = cluster["server"]
        self._context = ssl.create_default_context(cadata=b64decode(cluster["certificate-authority-data"]).decode())
        with tempfile.NamedTemporaryFile() as pair:
            pair.write(b64decode(user["client-certificate-data"]) + b64decode(user["client-key-data"]))
            pair.flush()
            self._context.load_cert_chain(pair.name)

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the answer to a request; OSError where there is none."""
        request = urllib.request.Request(f"{self._server}{path}", method=method)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/merge-patch+json")
        with urllib.request.urlopen(request, context=self._context, timeout=5) as answer:  # https, by the kubeconfig
            found: dict[str, Any] = json.load(answer)
            return found

    def balancers(self) -> list[Service]:
        """Return the Services of type LoadBalancer, the oldest first."""
        services = self.call("GET", "/api/v1/services")["items"]
        found = (one for one in services if one["spec"]["type"] == "LoadBalancer")
        return sorted(found, key=lambda one: (one["metadata"]["creationTimestamp"], one["metadata"]["namespace"]))

    def give(self, service: Service, address: str) -> None:
        """Write the address of a Service into its status."""
        metadata = service["metadata"]
        path = f"/api/v1/namespaces/{metadata['namespace']}/services/{metadata['name']}/status"
        self.call("PATCH", path, {"status": {"loadBalancer": {"ingress": [{"ip": address}]}}})


def address_of(service: Service) -> str | None:
    """Return the address that a Service has already."""
    for given in service.get("status", {}).get("loadBalancer", {}).get("ingress") or ():
        return str(given["ip"])
    return None


def missing(services: list[Service]) -> dict[int, str]:
    """Return an address that is not taken for each Service, by its place, that has none."""
    taken = {address_of(service) for service in services}
    first = ipaddress.ip_address(plan.BALANCERS)
    free = (str(first + number) for number in range(50) if str(first + number) not in taken)
    return {place: next(free) for place, service in enumerate(services) if address_of(service) is None}


class Doors:
    """Listeners on loopback, which lead to the first Service that has the port's name."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._services: list[Service] = []

    async def keep_up(self) -> None:
        """Look at the cluster again and again; one that does not answer for a while is no reason to end."""
        while True:
            with suppress(OSError, ValueError):
                await asyncio.to_thread(self._look)
            await asyncio.sleep(PERIOD)

    def _look(self) -> None:
        services = self._api.balancers()
        for place, address in missing(services).items():
            self._api.give(services[place], address)
        self._services = services

    def target(self, port: int) -> str | None:
        """Return where connections for a port of the public entry go now."""
        for service in self._services:
            if any(one["port"] == port for one in service["spec"]["ports"]):
                return str(service["spec"]["clusterIP"])
        return None

    async def listen(self, at: int, port: int) -> None:
        """Serve a port of loopback."""

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            target = self.target(port)
            if target is not None:
                with suppress(OSError):
                    onward, back = await asyncio.open_connection(target, port)
                    await asyncio.gather(copy(reader, back), copy(onward, writer))
            writer.close()

        server = await asyncio.start_server(accept, "127.0.0.1", at)
        await server.serve_forever()


async def copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Copy one direction of a connection until its end."""
    with suppress(ConnectionError):
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
    sink.close()


async def serve(kubeconfig: Path, http: int, https: int) -> None:
    """Keep the doors open until the process ends."""
    doors = Doors(Api(kubeconfig))
    await asyncio.gather(doors.keep_up(), doors.listen(http, 80), doors.listen(https, 443))


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
