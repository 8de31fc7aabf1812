"""Services of type LoadBalancer get addresses, and loopback leads to the one that serves the port."""

import asyncio
from typing import Any

from lab import doors, plan
from lab.doors import Doors


def service(name: str, *ports: int, ip: str | None = None, cluster_ip: str = "10.96.0.50") -> dict[str, Any]:
    status = {"loadBalancer": {"ingress": [{"ip": ip}]} if ip else {}}
    spec = {"type": "LoadBalancer", "clusterIP": cluster_ip, "ports": [{"port": port} for port in ports]}
    return {"metadata": {"name": name, "namespace": "front"}, "spec": spec, "status": status}


class Cluster(doors.Api):
    """An API server with some Services, in memory."""

    def __init__(self, *services: dict[str, Any]) -> None:
        self.services = list(services)

    def balancers(self) -> list[dict[str, Any]]:
        return self.services

    def give(self, service: dict[str, Any], address: str) -> None:
        service["status"] = {"loadBalancer": {"ingress": [{"ip": address}]}}


def test_each_service_gets_an_address_that_no_other_has() -> None:
    services = [service("a"), service("b", ip=plan.BALANCERS), service("c")]
    given = doors.missing(services)
    assert given.keys() == {0, 2}, "one that has an address keeps it: clients know it"
    assert plan.BALANCERS not in given.values(), "two Services at one address are one Service too few"
    assert len(set(given.values())) == 2, "addresses differ"


def test_addresses_are_given_once_and_then_kept() -> None:
    cluster = Cluster(service("a", 80))
    opened = Doors(cluster)
    opened.look()
    first = doors.address_of(cluster.services[0])
    opened.look()
    assert first == plan.BALANCERS, "the first Service gets the first address"
    assert doors.address_of(cluster.services[0]) == first, "a second look changes nothing"


def test_a_port_leads_to_the_first_service_that_serves_it() -> None:
    opened = Doors(Cluster(service("a", 443), service("b", 80, 443)))
    opened.look()
    assert opened.target(443) == plan.BALANCERS, "the oldest Service has the port"
    assert opened.target(80) != opened.target(443), "a port that the oldest lacks leads to the next"
    assert opened.target(25) is None, "nobody serves it"


def test_a_connection_is_carried_both_ways_to_its_end() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.read())
        writer.close()

    async def told() -> bytes:
        async with await asyncio.start_server(echo, "127.0.0.1", 0) as target:
            onward = target.sockets[0].getsockname()[:2]
            async with await asyncio.start_server(
                lambda reader, writer: doors.carry(reader, writer, onward), "127.0.0.1", 0
            ) as door:
                reader, writer = await asyncio.open_connection(*door.sockets[0].getsockname()[:2])
                writer.write(b"hello" * 40_000)
                writer.write_eof()
                answer = await reader.read()
                writer.close()
                return answer

    assert asyncio.run(told()) == b"hello" * 40_000, "the end of one direction must not cut the other off"
