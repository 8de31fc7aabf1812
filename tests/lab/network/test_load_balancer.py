"""Services of type LoadBalancer get addresses, and loopback leads to the one that serves the port."""

import asyncio
from typing import Any

from quadrant_platform.lab.machine import network_plan
from quadrant_platform.lab.network import load_balancer
from quadrant_platform.lab.network.load_balancer import LoadBalancer


def service(name: str, *ports: int, ip: str | None = None, cluster_ip: str = "10.96.0.50") -> dict[str, Any]:
    status = {"loadBalancer": {"ingress": [{"ip": ip}]} if ip else {}}
    spec = {"type": "LoadBalancer", "clusterIP": cluster_ip, "ports": [{"port": port} for port in ports]}
    return {"metadata": {"name": name, "namespace": "front"}, "spec": spec, "status": status}


class Cluster(load_balancer.Api):
    """An API server with some Services, in memory."""

    def __init__(self, *services: dict[str, Any]) -> None:
        self.services = list(services)

    def balancers(self) -> list[dict[str, Any]]:
        return self.services

    def assign(self, service: dict[str, Any], address: str) -> None:
        service["status"] = {"loadBalancer": {"ingress": [{"ip": address}]}}


def test_each_service_gets_an_address_that_no_other_has() -> None:
    services = [service("a"), service("b", ip=network_plan.FIRST_BALANCER), service("c")]
    given = load_balancer.allocate(services)
    assert given.keys() == {0, 2}, "one that has an address keeps it: clients use it"
    assert network_plan.FIRST_BALANCER not in given.values(), "two Services at one address are one Service too few"
    assert len(set(given.values())) == 2, "addresses differ"


def test_addresses_are_assigned_once_and_then_kept() -> None:
    cluster = Cluster(service("a", 80))
    opened = LoadBalancer(cluster)
    opened.update()
    first = load_balancer.address_of(cluster.services[0])
    opened.update()
    assert first == network_plan.FIRST_BALANCER, "the first Service gets the first address"
    assert load_balancer.address_of(cluster.services[0]) == first, "a second look changes nothing"


def test_a_port_leads_to_the_first_service_that_serves_it() -> None:
    opened = LoadBalancer(Cluster(service("a", 443), service("b", 80, 443)))
    opened.update()
    assert opened.target(443) == network_plan.FIRST_BALANCER, "the oldest Service has the port"
    assert opened.target(80) != opened.target(443), "a port that the oldest lacks leads to the next"
    assert opened.target(25) is None, "no Service has it"


def test_a_connection_is_carried_both_ways_to_its_end() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.read())
        writer.close()

    async def answer_of() -> bytes:
        async with await asyncio.start_server(echo, "127.0.0.1", 0) as target:
            onward = target.sockets[0].getsockname()[:2]
            async with await asyncio.start_server(
                lambda reader, writer: load_balancer.forward(reader, writer, onward), "127.0.0.1", 0
            ) as door:
                reader, writer = await asyncio.open_connection(*door.sockets[0].getsockname()[:2])
                writer.write(b"hello" * 40_000)
                writer.write_eof()
                answer = await reader.read()
                writer.close()
                return answer

    assert asyncio.run(answer_of()) == b"hello" * 40_000, "the end of one direction must not cut the other off"
