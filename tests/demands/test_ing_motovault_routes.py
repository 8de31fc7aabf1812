"""The public routes of motovault, and what happens to a request on its way."""

import pytest

from tests.demands.gateway import answering, chain, entry, middleware, rate, routers, target
from tests.demands.rendered import STAGES, breaks, container, manifests, named, planted, refused

MOTOVAULT = "motovault"
ADMIN, SITE = "admin.motovaultpro.com", "motovaultpro.com"
ORIGINS = ["https://admin.motovaultpro.com", "https://motovaultpro.com"]
READY = "/health/ready"


def ready(stage: str, name: str) -> tuple[str, int]:
    """The path and port that decide whether a pod gets requests."""
    asked = container(MOTOVAULT, stage, name)["readinessProbe"]["httpGet"]
    return asked["path"], asked["port"]


@STAGES
@pytest.mark.demand("ING-05")
def test_the_admin_host_leads_to_the_admin_frontend(stage: str) -> None:
    """X-23: the health path is the pods' readiness probe. X-21: web containers have the standard paths too.

    The limit before secure-headers is the Resolution of section 1.7: 100 requests a minute per client.
    """
    rule = routers(MOTOVAULT, stage)["admin-app"]
    assert rule["match"] == "Host(`admin.motovaultpro.com`)", "the rule as declared"
    assert target(rule) == ("admin-frontend", 3000), "service and port"
    assert chain(rule) == ["client-limit", "secure-headers"], "the declared middleware, behind the limit"
    assert entry(MOTOVAULT, stage, "admin-app") == (["websecure"], True), "TLS only"
    assert answering(MOTOVAULT, stage, ADMIN, "/") == "admin-app", "no other router takes its pages"
    assert ready(stage, "admin-frontend") == (READY, 3000), "a pod that is not ready gets no requests"


@STAGES
@pytest.mark.demand("ING-06")
def test_the_api_of_the_admin_host_leads_to_the_backend(stage: str) -> None:
    """X-11: cors, then api-auth, then secure-headers. X-23: the health path is the pods' readiness probe."""
    rule = routers(MOTOVAULT, stage)["admin-api"]
    path = "(Path(`/api`) || PathPrefix(`/api/`))"
    assert rule["match"] == f"Host(`admin.motovaultpro.com`) && {path}", "the declared prefix, by whole segments"
    assert target(rule) == ("admin-backend", 3001), "service and port"
    expected = ["client-limit", "cors", "api-auth", "secure-headers"]
    assert chain(rule) == expected, "cors answers a preflight, which has no token, before api-auth can refuse it"
    assert entry(MOTOVAULT, stage, "admin-api") == (["websecure"], True), "TLS only"
    for path in ("/api/vehicles", "/api/platform/vehicles/health"):
        assert answering(MOTOVAULT, stage, ADMIN, path) == "admin-api", f"{path} reaches the backend, not the pages"
    assert answering(MOTOVAULT, stage, ADMIN, "/apikeys") == "admin-app", "a page whose name begins alike is no API"
    assert ready(stage, "admin-backend") == (READY, 3001), "a pod that is not ready gets no requests"


@STAGES
@pytest.mark.demand("ING-06", "ING-10")
def test_only_sign_in_and_health_need_no_token(stage: str) -> None:
    """X-12: /api/auth is open with a stricter limit, /auth/verify has no route. X-13: /health is open too."""
    rules = routers(MOTOVAULT, stage)
    lead = {name for name, rule in rules.items() if target(rule)[0] == "admin-backend"}
    assert {name for name in lead if "api-auth" not in chain(rules[name])} == {"sign-in", "health"}, "all else asks"
    assert answering(MOTOVAULT, stage, ADMIN, "/api/auth/callback") == "sign-in", "there is no token before sign-in"
    assert answering(MOTOVAULT, stage, ADMIN, "/api/authors/7") == "admin-api", "another name is no sign-in"
    strict, usual = (middleware(MOTOVAULT, stage, one)["rateLimit"] for one in ("sign-in-limit", "client-limit"))
    assert strict["average"] < usual["average"], "guessing is slowed down"
    assert answering(MOTOVAULT, stage, ADMIN, "/auth/verify") == "admin-app", "the pages, not the backend's question"


@STAGES
@pytest.mark.demand("ING-07")
def test_the_bare_host_leads_to_the_landing_page(stage: str) -> None:
    """The limit before secure-headers is the Resolution of section 1.7: 100 requests a minute per client."""
    rule = routers(MOTOVAULT, stage)["landing"]
    assert rule["match"] == "Host(`motovaultpro.com`)", "the rule as declared"
    assert target(rule) == ("mvp-platform-landing", 3000), "service and port"
    assert chain(rule) == ["client-limit", "secure-headers"], "the declared middleware, behind the limit"
    assert entry(MOTOVAULT, stage, "landing") == (["websecure"], True), "TLS only"
    assert answering(MOTOVAULT, stage, SITE, "/") == "landing", "no other router takes its pages"
    expected = {"dev": rate(100, "1m", 100), "prod": rate(34, "1m", 34)}[stage]
    found = middleware(MOTOVAULT, stage, "client-limit")["rateLimit"]
    assert {key: found[key] for key in expected} == expected, "100 a minute, in prod shared by three copies of Traefik"
    assert found["sourceCriterion"] == {"ipStrategy": {"depth": 0, "ipv6Subnet": 64}}, "counted by the client's address"


@STAGES
@pytest.mark.demand("ING-08")
def test_secure_headers_are_as_declared(stage: str) -> None:
    """X-16: browsers learn to remember all subdomains in prod only."""
    lasting = {"stsIncludeSubdomains": True, "stsPreload": True} if stage == "prod" else {}
    assert middleware(MOTOVAULT, stage, "secure-headers") == {
        "headers": {
            "accessControlAllowMethods": ["GET", "OPTIONS", "PUT", "POST", "DELETE"],
            "accessControlAllowOriginList": ORIGINS,
            "accessControlMaxAge": 100,
            "addVaryHeader": True,
            "browserXssFilter": True,
            "contentTypeNosniff": True,
            "forceSTSHeader": True,
            "frameDeny": True,
            "stsSeconds": 31536000,
            **lasting,
        }
    }, "every field as the seed has it, and no other"


@STAGES
@pytest.mark.demand("ING-09", check="manifest")
def test_cors_lets_the_two_own_origins_read_answers(stage: str) -> None:
    assert middleware(MOTOVAULT, stage, "cors") == {
        "headers": {
            "accessControlAllowCredentials": True,
            "accessControlAllowHeaders": ["Authorization", "Content-Type", "X-Requested-With"],
            "accessControlAllowMethods": ["GET", "POST", "PUT", "DELETE", "OPTIONS"],
            "accessControlAllowOriginList": ORIGINS,
            "accessControlMaxAge": 100,
        }
    }, "every field as the seed has it, and no other"


@STAGES
@pytest.mark.demand("ING-09", check="policy")
def test_a_wildcard_origin_is_refused(stage: str) -> None:
    stack = manifests(MOTOVAULT, stage)
    assert not breaks(MOTOVAULT, stage, "no-open-cors"), "the stack names its origins"
    cors = named(stack, "Middleware", "cors")
    field = "spec/headers/accessControlAllowOriginList"
    assert refused(planted(stack, cors, field, ["*"]), "no-open-cors") == {"cors"}, "any page could act as the visitor"


@STAGES
@pytest.mark.demand("ING-10")
def test_the_backend_is_asked_who_sends_a_request(stage: str) -> None:
    assert middleware(MOTOVAULT, stage, "api-auth") == {
        "forwardAuth": {
            "address": "http://admin-backend:3001/auth/verify",
            "authResponseHeaders": ["X-Auth-User", "X-Auth-Roles"],
        }
    }, "address and headers as declared"
