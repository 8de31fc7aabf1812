"""The way in and the way out: routes, certificates, external APIs and the flow table."""

from typing import Literal, Self

from pydantic import Field, model_validator

from quadrant_platform.model.schema.middleware import CallLimit, Middleware
from quadrant_platform.model.schema.types import (
    AbsolutePath,
    Duration,
    Fqdn,
    IpAddress,
    Model,
    Name,
    PathPrefix,
    Percent,
    Port,
    PortRef,
    RoutePath,
    Segment,
    Stage,
    Why,
)

DASHBOARD = "dashboard"
"""What a route names in place of a workload to lead to Traefik's own pages."""
ALL_STAGES = (Stage.DEV, Stage.PROD)


class Route(Model):
    """A public router: host and paths, the service behind, the middlewares in order."""

    host: Fqdn
    path: RoutePath | None = Field(default=None, description="exactly this path")
    paths: tuple[RoutePath, ...] = Field(default=(), description="exactly one of these paths")
    prefixes: tuple[PathPrefix, ...] = Field(default=(), description="any of these paths, or one below it")
    headers: dict[str, str] = Field(default={}, description="only requests with these headers")
    to: str = Field(description="service, object store, `operator:<name>` or `dashboard`")
    port: PortRef | None = Field(default=None, description="the service's first port where absent")
    alias: Name | None = Field(default=None, description="the target's alias whose Service is named, not its own")
    middlewares: tuple[Name, ...] = ()
    sticky: bool = False
    priority: int | None = Field(
        default=None, ge=1, lt=1_000_000, description="in place of the derived one, which is 100000 or more"
    )
    stages: tuple[Stage, ...] = ALL_STAGES
    why: Why

    @model_validator(mode="after")
    def _one_path_rule(self) -> Self:
        if self.path is not None and (self.paths or self.prefixes):
            raise ValueError("path stands alone; list it in paths, which prefixes may stand beside")
        return self

    @property
    def exact_paths(self) -> tuple[str, ...]:
        """Return the paths that are matched exactly."""
        return (self.path,) if self.path is not None else self.paths


class Certificate(Model):
    """The TLS certificate that the public Traefik serves."""

    name: Name
    common_name: Fqdn
    hosts: tuple[Fqdn, ...] = Field(min_length=1)
    addresses: tuple[IpAddress, ...] = Field(default=(), description="IP addresses among the names, dev only")
    dev_hosts: tuple[Fqdn, ...] = ()
    key_size: Literal[2048, 4096] = 2048
    duration: Duration = "365d"
    download: AbsolutePath | None = Field(default=None, description="dev: path at which the certificate is served")


class EdgeSpec(Model):
    """The public Traefik of this system."""

    replicas: int = Field(default=3, ge=1, le=20)
    attached: tuple[Segment, ...] = Field(default=(), description="further segments, as labels that permit nothing")
    routes: dict[Name, Route] = {}
    middlewares: dict[Name, Middleware] = {}
    certificate: Certificate | None = None
    min_tls: Literal["VersionTLS12", "VersionTLS13"] = "VersionTLS12"
    capacity_headroom: Percent | None = Field(default=None, description="spare capacity that is planned for")


class ExternalApi(Model):
    """A host outside that the system may call, through the egress Traefik only."""

    host: Fqdn
    port: Port = 443
    mode: Literal["baseUrl", "passthrough"] = "baseUrl"
    egress_port: int = Field(ge=9001, le=9250, description="this API's entry point on the egress Traefik")
    timeout: Duration = "30s"
    in_flight: int | None = Field(default=None, ge=1, description="concurrent calls")
    retries: int = Field(default=0, ge=0, le=5)
    rate_limit: CallLimit | None = None
    stages: tuple[Stage, ...] = ALL_STAGES
    why: Why

    @model_validator(mode="after")
    def _passthrough_sees_no_requests(self) -> Self:
        if self.mode == "passthrough" and (self.in_flight or self.retries or self.rate_limit):
            raise ValueError("passthrough carries TLS unread, so inFlight, retries and rateLimit need mode baseUrl")
        return self


class FlowRow(Model):
    """One row of the flow table: who may open a connection to whom, and why."""

    source: tuple[str, ...] | str = Field(alias="from")
    target: tuple[str, ...] | str = Field(alias="to")
    ports: tuple[PortRef, ...] = Field(default=(), description="the target's only port where absent")
    why: Why
    stages: tuple[Stage, ...] = ALL_STAGES

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Return every source with every target."""
        return [(source, target) for source in self.sources for target in self.targets]

    @property
    def sources(self) -> tuple[str, ...]:
        """Return the sources as a tuple."""
        return (self.source,) if isinstance(self.source, str) else self.source

    @property
    def targets(self) -> tuple[str, ...]:
        """Return the targets as a tuple."""
        return (self.target,) if isinstance(self.target, str) else self.target
