"""External APIs: the names and addresses under which workloads reach them through the egress Traefik."""

from collections.abc import Mapping
from dataclasses import dataclass

from quadrant_platform.model.expansion.service_addresses import guesses
from quadrant_platform.model.expansion.workloads import external_apis, namespace_of
from quadrant_platform.model.schema.environment import Environment
from quadrant_platform.model.schema.exposure import ExternalApi
from quadrant_platform.model.schema.system import System
from quadrant_platform.model.schema.types import Segment


@dataclass(frozen=True)
class PlannedApi:
    """An external API, as workloads call it."""

    name: str
    spec: ExternalApi
    address: str | None = None
    """Cluster address of a passthrough API."""

    @property
    def service(self) -> str:
        """Return the name of the Service behind which the egress Traefik serves it."""
        return service_of(self.name)

    @property
    def host(self) -> str:
        """Return the host that clients call."""
        return self.spec.host if self.address else self.service

    @property
    def url(self) -> str:
        """Return the base URL that clients call."""
        return f"http://{self.service}:{self.spec.egress_port}"


def service_of(api: str) -> str:
    """Return the name of the Service behind which the egress Traefik serves an API."""
    return f"egress-{api}"


def passthrough_services(system: System, environment: Environment) -> dict[str, str]:
    """Return the Service of each API of this stage that keeps its name, as `namespace/name`."""
    frontend, apis = namespace_of(system, environment, Segment.FRONTEND), external_apis(system, environment)
    return {name: f"{frontend}/{service_of(name)}" for name, api in apis.items() if api.mode == "passthrough"}


def guessed_addresses(system: System, environment: Environment) -> dict[str, str]:
    """Return the address of each passthrough API where no cluster is asked."""
    services = passthrough_services(system, environment)
    found = guesses(services.values(), environment.network.egress_cidr)
    return {name: found[service] for name, service in services.items()}


def planned_apis(system: System, environment: Environment, addresses: Mapping[str, str]) -> dict[str, PlannedApi]:
    """Return the external APIs of this stage, given the addresses of the passthrough ones."""
    apis = external_apis(system, environment)
    return {name: PlannedApi(name, api, addresses.get(name)) for name, api in apis.items()}
