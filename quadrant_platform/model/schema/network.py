"""The network that an environment is in: the cluster's addresses, and what stands before the public entry."""

from typing import Self

from pydantic import Field, model_validator

from quadrant_platform.model.schema.types import Cidr, Domain, Model, Name, Port


class Dns(Model):
    """The cluster's resolver."""

    namespace: Name = "kube-system"
    labels: dict[str, str] = {"k8s-app": "kube-dns"}
    extra_cidrs: tuple[Cidr, ...] = Field(default=(), description="node-local caches, such as 169.254.20.10/32")


class ApiServer(Model):
    """Addresses of the Kubernetes API; none means that no workload reaches it."""

    cidrs: tuple[Cidr, ...] = ()
    ports: tuple[Port, ...] = (443, 6443)


class TrustedProxies(Model):
    """What stands between clients and the public entry, and tells their addresses; nothing does where it is empty."""

    proxy_protocol: tuple[Cidr, ...] = Field(
        default=(), description="addresses of balancers that begin connections with the PROXY protocol"
    )
    forwarded_headers: tuple[Cidr, ...] = Field(
        default=(), description="addresses from which a proxy's X-Forwarded headers are believed, and of no others"
    )
    depth: int | None = Field(
        default=None, ge=1, le=10, description="proxies that a request passes, each of which adds to X-Forwarded-For"
    )

    @model_validator(mode="after")
    def _depth_of_headers(self) -> Self:
        if bool(self.forwarded_headers) != (self.depth is not None):
            what = "forwardedHeaders and depth belong together: the client is so many addresses from the header's end"
            raise ValueError(f"{what}; set both or neither")
        return self


class Network(Model):
    """The cluster's network as seen from policies."""

    dns: Dns = Dns()
    api_server: ApiServer = ApiServer()
    node_cidrs: tuple[Cidr, ...] = Field(default=(), description="for network plugins that filter kubelet probes")
    cluster_cidrs: tuple[Cidr, ...] = Field(
        default=(), description="pod, service and node ranges outside private space"
    )
    egress_cidr: Cidr | None = Field(
        default=None, description="addresses of passthrough APIs: a part of the cluster's range; all of it where absent"
    )
    authorized_networks: tuple[Cidr, ...] = Field(
        default=(), description="who may reach the public entry; all if empty"
    )
    cluster_domain: Domain = Field(
        default="cluster.local", description="the kubelet's clusterDomain, in which the names of Services end"
    )
    trusted_proxies: TrustedProxies | None = Field(
        default=None, description="what stands before the public entry, {} for nothing; where absent, nobody knows"
    )

    @property
    def proxies(self) -> TrustedProxies:
        """The proxies that are believed: none where nobody knows of any."""
        return self.trusted_proxies or TrustedProxies()
