"""Middlewares are exactly what the system declares, in Traefik's fields."""

from typing import Any

import pytest

from quadrant_platform.components.edge.middlewares import spec
from quadrant_platform.components.edge.traefik import share
from quadrant_platform.model.schema.middleware import Middleware
from tests.components.sample import Manifest, entry, planned


def made(declared: dict[str, Any], stage: str = "dev") -> Manifest:
    return spec(entry(planned(stage)), Middleware.model_validate(declared))


HSTS = {"forceSts": True, "stsSeconds": 31536000, "stsIncludeSubdomains": True, "stsPreload": True}


def test_security_headers_have_the_names_of_traefik() -> None:
    origins = ["https://admin.example.com", "https://example.com"]
    declared = {
        "allowMethods": ["GET", "OPTIONS"], "allowOrigins": origins, "allowHeaders": ["Authorization"],
        "allowCredentials": True, "maxAge": 100, "vary": True, "xssFilter": True, "noSniff": True, "frameDeny": True,
        "referrerPolicy": "no-referrer", "permissionsPolicy": "camera=()", "response": {"Cache-Control": "public"},
        **HSTS,
    }  # fmt: skip
    assert made({"headers": declared}, "prod")["headers"] == {
        "accessControlAllowMethods": ["GET", "OPTIONS"],
        "accessControlAllowOriginList": origins,
        "accessControlAllowHeaders": ["Authorization"],
        "accessControlAllowCredentials": True,
        "accessControlMaxAge": 100,
        "addVaryHeader": True,
        "browserXssFilter": True,
        "contentTypeNosniff": True,
        "frameDeny": True,
        "forceSTSHeader": True,
        "stsSeconds": 31536000,
        "stsIncludeSubdomains": True,
        "stsPreload": True,
        "referrerPolicy": "no-referrer",
        "permissionsPolicy": "camera=()",
        "customResponseHeaders": {"Cache-Control": "public"},
    }, "every field, and nothing else"


def test_dev_asks_no_browser_to_remember_more_than_the_host() -> None:
    assert made({"headers": HSTS})["headers"] == {"forceSTSHeader": True, "stsSeconds": 31536000}, (
        "preloading a self-signed host would lock it out for good (X-16)"
    )


def test_undeclared_headers_are_left_alone() -> None:
    assert made({"headers": {"noSniff": True}})["headers"] == {"contentTypeNosniff": True}, "no defaults of ours"


def test_a_content_security_policy_is_one_header() -> None:
    policy = {"default-src": ["'self'"], "img-src": ["'self'", "data:", "https:"]}
    value = made({"headers": {"contentSecurityPolicy": policy}})["headers"]["contentSecurityPolicy"]
    assert value == "default-src 'self'; img-src 'self' data: https:", "directives are separated by semicolons"


def test_one_copy_keeps_the_declared_rate() -> None:
    limit = made({"rateLimit": {"average": 5, "period": "5m", "burst": 5}})["rateLimit"]
    assert (limit["average"], limit["period"], limit["burst"]) == (5, "5m", 5), "dev runs one copy"


def test_copies_share_a_rate_rounded_up() -> None:
    limit = made({"rateLimit": {"average": 100, "burst": 10}}, "prod")["rateLimit"]
    assert (limit["average"], limit["burst"]) == (34, 4), "three copies count on their own"
    assert share(100, 3) * 3 >= 100, "no client gets less than was declared"


@pytest.mark.parametrize(
    ("declared", "criterion"),
    [
        ({}, {"ipStrategy": {"depth": 0, "ipv6Subnet": 64}}),
        ({"source": "host"}, {"requestHost": True}),
        ({"source": "header", "header": "X-Auth-User"}, {"requestHeaderName": "X-Auth-User"}),
    ],
)
def test_a_rate_is_counted_by_its_source(declared: dict[str, str], criterion: Manifest) -> None:
    limit = made({"rateLimit": {"average": 20, **declared}})["rateLimit"]
    assert limit["sourceCriterion"] == criterion, "two sources never share a count"


def test_forward_auth_asks_the_service_by_its_short_name() -> None:
    auth = {"service": "api", "port": "http", "path": "/auth/verify", "responseHeaders": ["X-Auth-User"]}
    assert made({"forwardAuth": auth})["forwardAuth"] == {
        "address": "http://api:8080/auth/verify",
        "authResponseHeaders": ["X-Auth-User"],
    }, "the pod's search list finds it in another namespace"


def test_forward_auth_uses_the_port_of_the_service_not_of_the_pod() -> None:
    auth = {"service": "worker", "port": "http", "path": "/verify"}
    address = made({"forwardAuth": auth})["forwardAuth"]["address"]
    assert address == "http://worker:80/verify", "the Service answers on 80 and the pod on 8081"


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ({"allowList": ["10.0.0.0/8"]}, {"ipAllowList": {"sourceRange": ["10.0.0.0/8"]}}),
        ({"compress": {"encodings": ["gzip", "br"]}}, {"compress": {"encodings": ["gzip", "br"]}}),
        (
            {"compress": {"encodings": ["br"], "contentTypes": ["text/css"]}},
            {"compress": {"encodings": ["br"], "includedContentTypes": ["text/css"]}},
        ),
        (
            {"circuitBreaker": {"expression": "NetworkErrorRatio() > 0.3"}},
            {"circuitBreaker": {"expression": "NetworkErrorRatio() > 0.3", "fallbackDuration": "60s"}},
        ),
        ({"inFlight": 50}, {"inFlightReq": {"amount": 50, "sourceCriterion": {"requestHost": True}}}),
        ({"retry": 3}, {"retry": {"attempts": 3}}),
        ({"addPrefix": "/v1"}, {"addPrefix": {"prefix": "/v1"}}),
        ({"basicAuth": "watchers"}, {"basicAuth": {"secret": "watchers", "removeHeader": True}}),
    ],
)
def test_each_kind_becomes_that_of_traefik(declared: dict[str, Any], expected: Manifest) -> None:
    assert made(declared) == expected, "one kind in, one kind out"


def test_concurrent_requests_are_shared_by_the_copies() -> None:
    assert made({"inFlight": 10}, "prod")["inFlightReq"]["amount"] == 4, "three copies count on their own"


def test_a_host_is_redirected_for_good_with_its_paths() -> None:
    redirect = made({"redirect": {"to": "example.com"}})["redirectRegex"]
    assert redirect["replacement"] == "https://example.com/${1}", "the path stays"
    assert redirect["permanent"] is True, "search engines learn the one address"
