"""External APIs: the names and addresses under which workloads reach them through the egress Traefik."""

import ipaddress
from dataclasses import dataclass

from quadrant_platform.model.expansion.workloads import external_apis
from quadrant_platform.model.schema.environment import Environment
from quadrant_platform.model.schema.exposure import ExternalApi
from quadrant_platform.model.schema.system import System


@dataclass(frozen=True)
class PlannedApi:
    """An external API, as workloads call it."""

    name: str
    spec: ExternalApi
    address: str | None = None
    """Cluster address of a passthrough API: stable, as its egress port picks it from the range."""

    @property
    def service(self) -> str:
        """Return the name of the Service behind which the egress Traefik serves it."""
        return f"egress-{self.name}"

    @property
    def host(self) -> str:
        """Return the host that clients call."""
        return self.spec.host if self.address else self.service

    @property
    def url(self) -> str:
        """Return the base URL that clients call."""
        return f"http://{self.service}:{self.spec.egress_port}"


def planned_apis(system: System, environment: Environment) -> dict[str, PlannedApi]:
    """Return the external APIs of this stage."""
    network = ipaddress.ip_network(environment.network.egress_cidr)
    found: dict[str, PlannedApi] = {}
    for name, api in external_apis(system, environment).items():
        address = str(network[api.egress_port % network.num_addresses]) if api.mode == "passthrough" else None
        found[name] = PlannedApi(name, api, address)
    return found
