"""Middlewares: what the public Traefik does with a request, as Traefik's own objects.

Every copy of Traefik counts on its own, so a limit is divided by the number of copies and rounded up: three copies
that let 34 pass let 102 pass where 100 were declared. A single copy has the declared values.
"""

from collections.abc import Callable, Sequence
from typing import Any

from quadrant_platform.components.builders.manifests import Manifest, manifest, metadata, part_of
from quadrant_platform.components.edge import traefik
from quadrant_platform.model.expansion.edge import PlannedEdge, service_port
from quadrant_platform.model.schema import middleware as schema

API_VERSION = "traefik.io/v1alpha1"
HEADERS: dict[str, str] = {
    "allow_methods": "accessControlAllowMethods",
    "allow_origins": "accessControlAllowOriginList",
    "allow_headers": "accessControlAllowHeaders",
    "allow_credentials": "accessControlAllowCredentials",
    "max_age": "accessControlMaxAge",
    "vary": "addVaryHeader",
    "xss_filter": "browserXssFilter",
    "no_sniff": "contentTypeNosniff",
    "frame_deny": "frameDeny",
    "force_sts": "forceSTSHeader",
    "sts_seconds": "stsSeconds",
    "sts_include_subdomains": "stsIncludeSubdomains",
    "sts_preload": "stsPreload",
    "referrer_policy": "referrerPolicy",
    "permissions_policy": "permissionsPolicy",
    "response": "customResponseHeaders",
}
"""Our fields and Traefik's."""
IPV6_SUBNET = 64
"""What a client of IPv6 has at the least: limits count these blocks, since it can use any address in its own."""
WHOLE_HOST = r"^https?://[^/]+/(.*)$"
STICKY_HSTS = ("sts_include_subdomains", "sts_preload")
"""Fields that browsers apply beyond the host itself: only where the environment permits it."""


def middleware(edge: PlannedEdge, namespace: str, name: str) -> Manifest:
    """Return one declared middleware, in a namespace whose routes use it."""
    declared, named = edge.spec.middlewares[name], edge.topology.object_name
    if declared.basic_auth is not None:
        declared = declared.model_copy(update={"basic_auth": named(namespace, declared.basic_auth)})
    meta = metadata(namespace, named(namespace, name), part_of(edge.part_of))
    return manifest(API_VERSION, "Middleware", meta, spec(edge, declared))


def spec(edge: PlannedEdge, declared: schema.Middleware) -> Manifest:
    """Return the one thing that a middleware is, in Traefik's words."""
    for field, (key, build) in KINDS.items():
        value = getattr(declared, field)
        if value is not None:
            return {key: build(edge, value)}
    raise LookupError("the model lets no empty middleware pass")


def headers(edge: PlannedEdge, declared: schema.SecurityHeaders) -> Manifest:
    """Return response headers, CORS included."""
    values = {key: getattr(declared, field) for field, key in HEADERS.items() if _is_set(edge, declared, field)}
    result = {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}
    if declared.content_security_policy:
        result["contentSecurityPolicy"] = _content_security_policy(declared)
    return result


def _content_security_policy(declared: schema.SecurityHeaders) -> str:
    parts = declared.content_security_policy.items()
    return "; ".join(" ".join((directive, *sources)) for directive, sources in parts)


def rate_limit(edge: PlannedEdge, declared: schema.RateLimit) -> Manifest:
    """Return a limit and what it counts by: the client's address, the host, or a header."""
    criteria: dict[str, Manifest] = {
        "ip": {"ipStrategy": {**client_address(edge), "ipv6Subnet": IPV6_SUBNET}},
        "host": {"requestHost": True},
        "header": {"requestHeaderName": declared.header},
    }
    limit = traefik.rate_limit(declared.average, declared.period, declared.burst, edge.copies)
    return limit | {"sourceCriterion": criteria[declared.source]}


def allow_list(edge: PlannedEdge, ranges: Sequence[str]) -> Manifest:
    """Return the addresses of clients that are let in."""
    place = client_address(edge)
    return {"sourceRange": list(ranges), **({"ipStrategy": place} if place["depth"] else {})}


def client_address(edge: PlannedEdge) -> Manifest:
    """Return where a client's address is found: so many places from the end of X-Forwarded-For, or the connection."""
    return {"depth": edge.settings.network.proxies.depth or 0}


def forward_auth(edge: PlannedEdge, declared: schema.ForwardAuth) -> Manifest:
    """Return the forward-auth request, which asks a service whether to let a request through."""
    port = service_port(edge.topology, declared.service, declared.port)
    return {
        "address": f"http://{declared.service}:{port}{declared.path}",
        "authResponseHeaders": list(declared.response_headers),
    }


def compress(_edge: PlannedEdge, declared: schema.Compress) -> Manifest:
    """Return compression; without content types Traefik compresses all but gRPC."""
    types = {"includedContentTypes": list(declared.content_types)} if declared.content_types else {}
    return {"encodings": list(declared.encodings), **types}


KINDS: dict[str, tuple[str, Callable[[PlannedEdge, Any], Manifest]]] = {
    "headers": ("headers", headers),
    "rate_limit": ("rateLimit", rate_limit),
    "forward_auth": ("forwardAuth", forward_auth),
    "allow_list": ("ipAllowList", allow_list),
    "compress": ("compress", compress),
    "circuit_breaker": (
        "circuitBreaker",
        lambda _edge, declared: {"expression": declared.expression, "fallbackDuration": declared.fallback},
    ),
    "in_flight": (
        "inFlightReq",
        lambda edge, most: {"amount": traefik.share(most, edge.copies), "sourceCriterion": {"requestHost": True}},
    ),
    "retry": ("retry", lambda _edge, attempts: {"attempts": attempts}),
    "redirect": (
        "redirectRegex",
        lambda _edge, declared: {
            "regex": WHOLE_HOST,
            "replacement": f"https://{declared.to}/${{1}}",
            "permanent": True,
        },
    ),
    "add_prefix": ("addPrefix", lambda _edge, prefix: {"prefix": prefix}),
    # Passed on, the password would be taken for one of the service behind.
    "basic_auth": ("basicAuth", lambda _edge, users: {"secret": users, "removeHeader": True}),
}
"""Our kinds, Traefik's, and what makes one of the other."""


def _is_set(edge: PlannedEdge, declared: schema.SecurityHeaders, field: str) -> bool:
    if field in STICKY_HSTS and not edge.settings.hsts_preload:
        return False
    return getattr(declared, field) not in (None, (), {})
