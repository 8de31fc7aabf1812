"""Where everything is: each name that a flow can use, resolved to the pods or address blocks behind it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from quadrant_platform.model.expansion.endpoint import AddressBlock, Endpoint, Listener, control, outside
from quadrant_platform.model.expansion.workloads import installation_name, namespace_of, workloads
from quadrant_platform.model.schema.environment import Environment
from quadrant_platform.model.schema.system import System
from quadrant_platform.model.schema.types import Segment
from quadrant_platform.vocabulary import PRIVATE_RANGES, WORLD


@dataclass(frozen=True)
class Topology:
    """Every endpoint of a system in an environment, by the name that flows use."""

    system: System
    environment: Environment
    endpoints: Mapping[str, Endpoint]

    @property
    def name(self) -> str:
        """Return the name of the installation."""
        return installation_name(self.system, self.environment)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Return the segments in which something runs, in their canonical order."""
        used = {endpoint.segment for endpoint in self.endpoints.values()}
        return tuple(segment for segment in Segment if segment in used)

    def namespace(self, segment: Segment) -> str:
        """Return the namespace of a segment."""
        return namespace_of(self.system, self.environment, segment)

    def object_name(self, namespace: str, name: str) -> str:
        """Return the name of an object of ours: beside others' objects, as in a control namespace, with the prefix."""
        ours = namespace in {self.namespace(segment) for segment in Segment}
        return name if ours else f"{self.environment.namespace_prefix}{name}"

    def own(self) -> Iterator[tuple[str, Endpoint]]:
        """Iterate over our own pods, by name."""
        return ((name, endpoint) for name, endpoint in self.endpoints.items() if endpoint.isolated)


def topology(system: System, environment: Environment) -> Topology:
    """Resolve every name that a flow can use."""
    places = (workloads(system, environment), _outside(environment), _databases_outside(system, environment))
    endpoints = {name: endpoint for place in places for name, endpoint in place}
    return Topology(system, environment, {**endpoints, **dict(_control(environment))})


def _control(environment: Environment) -> Iterator[tuple[str, Endpoint]]:
    for name, peer in environment.control_peers.items():
        listeners = (Listener(port, number) for port, number in peer.ports.items())
        endpoint = control(peer.namespace, name, peer.labels, listeners)
        yield f"operator:{name}", endpoint
        if name == "prometheus":
            yield "monitoring", endpoint
    dns = environment.network.dns
    yield "dns", control(dns.namespace, "dns", dns.labels, (Listener("dns", 53, "UDP"), Listener("dns-tcp", 53)))


def _outside(environment: Environment) -> Iterator[tuple[str, Endpoint]]:
    network = environment.network
    private = (*PRIVATE_RANGES, *network.cluster_cidrs)
    blocks = tuple(
        AddressBlock(world, tuple(cidr for cidr in private if (":" in cidr) == (":" in world))) for world in WORLD
    )
    yield "internet", Endpoint("internet", "outside", listeners=(Listener("https", 443),), blocks=blocks)
    yield "public", outside("public", network.authorized_networks or WORLD)
    yield "api-server", outside("api-server", network.api_server.cidrs)
    yield "nodes", outside("nodes", network.node_cidrs)
    yield "dns-cache", outside("dns-cache", network.dns.extra_cidrs)


def _databases_outside(system: System, environment: Environment) -> Iterator[tuple[str, Endpoint]]:
    for name, database in system.external_databases.items():
        address = environment.external_databases.get(name)
        if address is not None:
            listeners = (Listener("postgresql", database.port),)
            yield name, outside(name, (address.primary, *address.replicas), listeners)
