"""The public entry, as it is planned: its routes in this stage, and the Services behind them."""

from dataclasses import dataclass, field

from quadrant_platform.model.expansion.planned import Planned
from quadrant_platform.model.expansion.topology import Topology
from quadrant_platform.model.schema.environment import EntrySettings
from quadrant_platform.model.schema.exposure import DASHBOARD, EdgeSpec, Route
from quadrant_platform.model.schema.types import PortRef, Segment


@dataclass(frozen=True)
class PlannedRoute:
    """A route of this stage."""

    name: str
    spec: Route
    namespace: str
    """Of what the route leads to; Traefik's own where it leads to the dashboard."""
    backend: tuple[str, int] | None
    """Service name and port; None for the dashboard."""


@dataclass(frozen=True, kw_only=True)
class PlannedEdge(Planned[EdgeSpec]):
    """The public Traefik of a system."""

    settings: EntrySettings
    topology: Topology = field(repr=False)
    routes: tuple[PlannedRoute, ...]
    for_developers: bool
    """Whether developers reach it on their own machines: by address, and by names that no public signer signs."""

    @property
    def namespaces(self) -> list[str]:
        """Return the namespaces that hold routes, and Traefik's own with its certificate."""
        return sorted({self.endpoint.namespace, *(route.namespace for route in self.routes)})

    @property
    def acme(self) -> bool:
        """Whether an ACME server signs its certificate."""
        return self.settings.publishing.issuer == "acme"


def planned_routes(topology: Topology) -> tuple[PlannedRoute, ...]:
    """Return the routes of this stage."""
    frontend = topology.namespace(Segment.FRONTEND)
    return tuple(
        PlannedRoute(
            name,
            route,
            frontend if route.to == DASHBOARD else topology.endpoints[route.to].namespace,
            None if route.to == DASHBOARD else _backend(topology, route),
        )
        for name, route in topology.system.edge.routes.items()
        if topology.environment.name in route.stages
    )


def service_port(topology: Topology, target: str, port: PortRef | None) -> int:
    """Return the port of a workload's Service that leads to a container port; the first where none is named."""
    endpoint = topology.endpoints[target]
    first = endpoint.listeners[0]
    listener = first if port is None else endpoint.listening(port)
    service = topology.system.services.get(target)
    return service.service_port if service and service.service_port and listener == first else listener.number


def _backend(topology: Topology, route: Route) -> tuple[str, int]:
    if route.alias is not None:
        return route.alias, topology.system.services[route.to].aliases[route.alias]
    kind, _, operator = route.to.partition(":")
    port = service_port(topology, route.to, route.port)
    if kind == "operator":
        return topology.environment.control_peers[operator].service or operator, port
    return route.to, port
