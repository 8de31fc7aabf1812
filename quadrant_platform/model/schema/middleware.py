"""Middlewares of the public Traefik, and the mesh: what happens to a request on its way to a service."""

from typing import Literal, Self

from pydantic import Field, model_validator

from quadrant_platform.model.schema.types import AbsolutePath, Cidr, Duration, Fqdn, Model, Name, Percent, PortRef


class CallLimit(Model):
    """So many requests a period; excess gets 429."""

    average: int = Field(ge=1)
    period: Duration = "1m"
    burst: int = Field(default=1, ge=1)


class RateLimit(CallLimit):
    """A limit that counts per source."""

    source: Literal["ip", "host", "header"] = "ip"
    header: str | None = None

    @model_validator(mode="after")
    def _header_named(self) -> Self:
        if (self.source == "header") != (self.header is not None):
            raise ValueError("source `header` and a header name belong together; set both or neither")
        return self


class SecurityHeaders(Model):
    """Response headers, CORS included; fields are Traefik's headers middleware."""

    allow_methods: tuple[str, ...] = ()
    allow_origins: tuple[str, ...] = ()
    allow_headers: tuple[str, ...] = ()
    allow_credentials: bool | None = None
    max_age: int | None = None
    vary: bool | None = None
    xss_filter: bool | None = None
    no_sniff: bool | None = None
    frame_deny: bool | None = None
    force_sts: bool | None = None
    sts_seconds: int | None = None
    sts_include_subdomains: bool | None = None
    sts_preload: bool | None = None
    referrer_policy: str | None = None
    permissions_policy: str | None = None
    content_security_policy: dict[str, tuple[str, ...]] = {}
    response: dict[str, str] = Field(default={}, description="further response headers")

    @model_validator(mode="after")
    def _origins_are_closed(self) -> Self:
        for origin in self.allow_origins:
            if origin == "*" or "localhost" in origin or "127.0.0.1" in origin:
                raise ValueError(f"origin {origin!r} is open; name the https origins that may call")
        return self


class ForwardAuth(Model):
    """Ask a service before a request is let through."""

    service: Name
    port: PortRef
    path: AbsolutePath
    response_headers: tuple[str, ...] = ()


class Compress(Model):
    """Compression of responses."""

    encodings: tuple[Literal["gzip", "br", "zstd"], ...] = ("br", "gzip")
    content_types: tuple[str, ...] = ()


class CircuitBreaker(Model):
    """Stop sending while the expression holds."""

    expression: str
    fallback: Duration = "60s"


class Redirect(Model):
    """Permanent redirect of another host name."""

    to: Fqdn


class Middleware(Model):
    """Exactly one of Traefik's middlewares."""

    headers: SecurityHeaders | None = None
    rate_limit: RateLimit | None = None
    forward_auth: ForwardAuth | None = None
    allow_list: tuple[Cidr, ...] | None = None
    compress: Compress | None = None
    circuit_breaker: CircuitBreaker | None = None
    in_flight: int | None = Field(default=None, ge=1, description="concurrent requests")
    retry: int | None = Field(default=None, ge=1, le=10, description="attempts")
    redirect: Redirect | None = None
    add_prefix: AbsolutePath | None = None
    basic_auth: str | None = Field(default=None, description="name under `secrets` that holds the users file")

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [
            field.alias or name for name, field in type(self).model_fields.items() if getattr(self, name) is not None
        ]
        if len(kinds) != 1:
            raise ValueError(f"a middleware is one thing, and this names {', '.join(kinds) or 'none'}; split it")
        return self


class Mesh(Model):
    """What the mesh does between the services: circuit breaking, retries, timeouts and limits."""

    consecutive_failures: int = Field(default=5, ge=1, description="failures in a row that take a pod out")
    min_backoff: Duration = "5s"
    max_backoff: Duration = "60s"
    retry_budget: Percent = Field(default=20, description="retries as a share of the requests")
    min_retries_per_second: int = Field(default=10, ge=0)
    request_timeout: Duration = "30s"
    health_timeout: Duration = "1s"
    rate_limit_rps: float | None = Field(default=None, gt=0, description="requests per second that a service admits")
