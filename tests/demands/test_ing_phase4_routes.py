"""The public routes of motovault-phase4: headers, compression and limits."""

import pytest

from tests.demands.gateway import answering, chain, middleware, rate, routers, target
from tests.demands.rendered import STAGES

PHASE4 = "motovault-phase4"
HOST, CDN = "motovault.example.com", "cdn.motovault.example.com"
PAGES = ("/", "/vehicles", "/api/vehicles", "/login")
BY_ADDRESS = {"ipStrategy": {"depth": 0, "ipv6Subnet": 64}}


def taken(stage: str, path: str) -> list[str]:
    """The middlewares that a request to the application passes."""
    return chain(routers(PHASE4, stage)[answering(PHASE4, stage, HOST, path)])


@STAGES
@pytest.mark.demand("ING-20")
def test_the_cdn_host_leads_to_the_application(stage: str) -> None:
    """X-34: motovault-service is an alias of the application's Service."""
    rule = routers(PHASE4, stage)["static"]
    path = "(Path(`/static`) || PathPrefix(`/static/`))"
    assert rule["match"] == f"Host(`cdn.motovault.example.com`) && {path}", "host and prefix as declared"
    assert target(rule) == ("motovault-service", 80), "service and port as declared"
    assert answering(PHASE4, stage, CDN, "/static/site.css") == "static", "no other router takes its files"
    assert answering(PHASE4, stage, CDN, "/") == "no route", "the host has files only"


@STAGES
def test_static_files_may_be_kept_for_a_year(stage: str) -> None:
    """X-30: the two headers are a headers middleware."""
    assert "static-headers" in chain(routers(PHASE4, stage)["static"]), "the route sends them"
    sent = middleware(PHASE4, stage, "static-headers")["headers"]["customResponseHeaders"]
    assert sent["Cache-Control"] == "public, max-age=31536000, immutable", "as declared"
    assert "X-Cache-Status" in sent, "the origin reports that it is no cache; a cache in front replaces the header"


@STAGES
@pytest.mark.demand("ING-23", partly="Traefik has no setting for the level of gzip")
def test_responses_are_compressed_with_gzip_and_brotli(stage: str) -> None:
    for path in PAGES:
        assert "compress" in taken(stage, path), f"{path} is compressed"
    assert "compress" in chain(routers(PHASE4, stage)["static"]), "and so are files"
    compress = middleware(PHASE4, stage, "compress")["compress"]
    assert set(compress["encodings"]) == {"gzip", "br"}, "gzip and Brotli, at Traefik's default levels"
    declared = {"application/json", "text/css", "application/javascript"}
    assert declared <= set(compress["includedContentTypes"]), "the declared types"


@STAGES
@pytest.mark.demand("ING-24")
def test_responses_carry_the_security_headers(stage: str) -> None:
    for path in (*PAGES, "/health/ready"):
        assert "security-headers" in taken(stage, path), f"{path} carries them"
    sent = middleware(PHASE4, stage, "security-headers")["headers"]
    assert sent["contentTypeNosniff"] is True, "X-Content-Type-Options: nosniff"
    assert sent["frameDeny"] is True, "X-Frame-Options: DENY"
    assert sent["browserXssFilter"] is True, "X-XSS-Protection: 1; mode=block"
    assert sent["referrerPolicy"] == "strict-origin-when-cross-origin", "Referrer-Policy"
    assert sent["permissionsPolicy"] == "geolocation=(), microphone=(), camera=()", "Permissions-Policy"


@STAGES
@pytest.mark.demand("ING-25")
def test_the_content_security_policy_is_as_declared(stage: str) -> None:
    """X-44: the policy is this edition's own."""
    text = middleware(PHASE4, stage, "security-headers")["headers"]["contentSecurityPolicy"]
    directives = {name: sources for name, *sources in (part.split() for part in text.split("; "))}
    shared = ["'self'", "'unsafe-inline'", "https://cdn.jsdelivr.net"]
    assert directives == {
        "default-src": ["'self'"],
        "script-src": shared,
        "style-src": shared,
        "img-src": ["'self'", "data:", "https:"],
        "connect-src": ["'self'"],
    }, "every directive as the seed has it, and no other"


@STAGES
def test_requests_are_limited_to_a_hundred_a_minute(stage: str) -> None:
    """X-45: the limit is per client address. The copies of Traefik share it, as each counts on its own."""
    for path in ("/", "/vehicles", "/api/vehicles"):
        assert taken(stage, path)[0] == "api-limit", f"{path} is limited before anything else is done"
    expected = {"dev": rate(100, "1m", 10), "prod": rate(34, "1m", 4)}[stage] | {"sourceCriterion": BY_ADDRESS}
    assert middleware(PHASE4, stage, "api-limit") == {"rateLimit": expected}, "100 a minute, ten may wait"


@STAGES
def test_logins_are_limited_to_five_in_five_minutes(stage: str) -> None:
    """X-45: the limit is per client address. The copies of Traefik share it, as each counts on its own."""
    for path in ("/login", "/Login"):
        assert taken(stage, path)[0] == "login-limit", f"{path} has a limit of its own"
    expected = {"dev": rate(5, "5m", 5), "prod": rate(2, "5m", 2)}[stage] | {"sourceCriterion": BY_ADDRESS}
    assert middleware(PHASE4, stage, "login-limit") == {"rateLimit": expected}, "five in five minutes"
