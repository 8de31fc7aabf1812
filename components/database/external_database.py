"""External database: the Service name that clients call, leading to private addresses outside the cluster."""

import ipaddress
from collections.abc import Iterable, Iterator

from quadrant_platform.components.base.component import Address, Component
from quadrant_platform.components.builders.manifests import Manifest, manifest, metadata
from quadrant_platform.model.expansion.planned import PlannedExternalDatabase


class ExternalDatabase(Component[PlannedExternalDatabase, Address]):
    """The way to one database outside."""

    token = "data:ExternalDatabase"

    @staticmethod
    def manifests(inputs: PlannedExternalDatabase) -> Iterator[Manifest]:
        """Yield a Service without selector and its addresses, for the primary and for the read replicas."""
        spec, address = inputs.spec, inputs.address
        yield from _addressed(inputs.namespace, inputs.name, [address.primary], spec.port)
        if spec.read_only_service is not None:
            readers = address.replicas or (address.primary,)
            yield from _addressed(inputs.namespace, spec.read_only_service, readers, spec.port)

    @staticmethod
    def results(inputs: PlannedExternalDatabase) -> Address:
        """Return where clients connect."""
        return Address(inputs.name, inputs.spec.port)


def _addressed(namespace: str, name: str, cidrs: Iterable[str], port: int) -> Iterator[Manifest]:
    hosts = [ipaddress.ip_network(cidr).network_address for cidr in cidrs]
    port_of = {"name": "postgresql", "port": port, "protocol": "TCP"}
    spec = {"type": "ClusterIP", "ports": [{**port_of, "targetPort": port}]}
    yield manifest("v1", "Service", metadata(namespace, name), spec)
    yield {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": metadata(namespace, f"{name}-external", {"kubernetes.io/service-name": name}),
        "addressType": f"IPv{hosts[0].version}",
        "ports": [port_of],
        "endpoints": [{"addresses": [str(host)], "conditions": {"ready": True}} for host in hosts],
    }
