"""External database: the seeds' Service name, leading to one private address outside the cluster."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from typing import TypedDict

import pulumi

from quadrant_platform.components.base.component import BuildContext, register
from quadrant_platform.components.builders.manifests import Manifest, metadata
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.schema import datastores as declared
from quadrant_platform.model.schema.environment import ExternalAddress


class ExternalDatabaseArgs(TypedDict):
    """What an external database is built from."""

    site: BuildContext
    database: declared.ExternalDatabaseSpec


class ExternalDatabase(pulumi.ComponentResource):
    """The way to one database outside; none where the environment gives no address."""

    def __init__(self, name: str, args: ExternalDatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("quadrant:data:ExternalDatabase", name, None, opts)
        for manifest in objects(args["site"].plan, name, args["database"]):
            register(self, manifest, args["site"])
        self.register_outputs({})


def objects(plan: Plan, name: str, database: declared.ExternalDatabaseSpec) -> Iterator[Manifest]:
    """Yield a Service without selector and its addresses, for the primary and for the read replicas."""
    address = plan.environment.external_databases.get(name)
    if address is None:
        return
    namespace = plan.namespace(database.segment)
    yield from _addressed(namespace, name, [address.primary], database.port)
    if database.read_only_service is not None:
        yield from _addressed(namespace, database.read_only_service, _readers(address), database.port)


def _readers(address: ExternalAddress) -> Iterable[str]:
    return address.replicas or (address.primary,)


def _addressed(namespace: str, name: str, cidrs: Iterable[str], port: int) -> Iterator[Manifest]:
    hosts = [ipaddress.ip_network(cidr).network_address for cidr in cidrs]
    port_of = {"name": "postgresql", "port": port, "protocol": "TCP"}
    yield {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(namespace, name),
        "spec": {"type": "ClusterIP", "ports": [{**port_of, "targetPort": port}]},
    }
    yield {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": metadata(namespace, f"{name}-external", {"kubernetes.io/service-name": name}),
        "addressType": f"IPv{hosts[0].version}",
        "ports": [port_of],
        "endpoints": [{"addresses": [str(host)], "conditions": {"ready": True}} for host in hosts],
    }
