"""External APIs: the names and addresses under which workloads reach them through the egress Traefik."""

import ipaddress
from dataclasses import dataclass

from quadrant_platform.model.schema.environment import Environment
from quadrant_platform.model.schema.exposure import ExternalApi
from quadrant_platform.model.schema.system import System


@dataclass(frozen=True)
class PlannedApi:
    """An external API that this stage calls."""

    name: str
    spec: ExternalApi
    address: str | None
    """Cluster address of a passthrough API: stable, as its egress port picks it from the range."""

    @property
    def service(self) -> str:
        """Return the name of the Service behind which the egress Traefik serves it."""
        return egress_service(self.name)

    @property
    def host(self) -> str:
        """Return the host that clients call."""
        return self.spec.host if self.address else self.service


def egress_service(api: str) -> str:
    """Return the name of the Service behind which the egress Traefik serves an API."""
    return f"egress-{api}"


def egress_url(system: System, api: str) -> str:
    """Return the base URL under which the system calls an API."""
    return f"http://{egress_service(api)}:{system.external_apis[api].egress_port}"


def planned_apis(system: System, environment: Environment) -> dict[str, PlannedApi]:
    """Return the external APIs of this stage."""
    network = ipaddress.ip_network(environment.network.egress_cidr)
    return {
        name: PlannedApi(
            name, api, str(network[api.egress_port % network.num_addresses]) if api.mode == "passthrough" else None
        )
        for name, api in system.external_apis.items()
        if environment.name in api.stages
    }
