"""The way in of agents: limits for everybody, for users and for costly work, TLS and round robin."""

import pytest

from tests.demands.gateway import answering, chain, copies, entry, middleware, rate, routers, target
from tests.demands.rendered import STAGES, breaks, manifests, named, planted, refused, settings, workload

AGENTS = "agents"
HOST = "agents.example.com"
BY_USER = {"requestHeaderName": "X-Auth-User"}
WITH_TOKEN = ("/api/predict", "/api/suggest", "/api/search", "/api/maintenance/run", "/api/learning/patterns")


def taken(stage: str, path: str) -> list[str]:
    """The middlewares that a request to a path passes."""
    return chain(routers(AGENTS, stage)[answering(AGENTS, stage, HOST, path)])


def limits(stage: str) -> dict[str, int]:
    found: dict[str, int] = settings(AGENTS, stage, "app")["rate_limits"]
    return found


@STAGES
def test_the_edge_bounds_all_requests_and_the_application_those_of_a_tenant(stage: str) -> None:
    """X-79: 1000 a minute is a tenant's; at the edge at least 200 a second pass in all."""
    for path in (*WITH_TOKEN, "/api/auth/token"):
        assert "limit-global" in taken(stage, path), f"{path} counts"
    found = middleware(AGENTS, stage, "limit-global")["rateLimit"]
    assert found["sourceCriterion"] == {"requestHost": True}, "everybody counts together"
    assert found["period"] == "1m", "a minute's requests"
    total = found["average"] * copies(AGENTS, stage)
    assert 12000 <= total < 12000 + copies(AGENTS, stage), "200 a second, shared by the copies of Traefik"
    assert limits(stage)["tenant_per_minute"] == 1000, "the application, which distinguishes tenants, limits each"


@STAGES
def test_a_user_may_send_a_hundred_requests_a_minute(stage: str) -> None:
    expected = {"dev": rate(100, "1m", 100), "prod": rate(34, "1m", 34)}[stage] | {"sourceCriterion": BY_USER}
    assert middleware(AGENTS, stage, "limit-user") == {"rateLimit": expected}, "by the name that the token proved"
    for path in WITH_TOKEN:
        passed = taken(stage, path)
        assert passed.index("jwt") < passed.index("limit-user"), (
            f"{path}: the user is identified before the request is counted"
        )
    assert middleware(AGENTS, stage, "jwt")["forwardAuth"]["authResponseHeaders"] == ["X-Auth-User"], "that header"


@STAGES
def test_costly_work_is_limited_to_twenty_requests_a_minute(stage: str) -> None:
    """X-80: the limit is per user."""
    expected = {"dev": rate(20, "1m", 20), "prod": rate(7, "1m", 7)}[stage] | {"sourceCriterion": BY_USER}
    assert middleware(AGENTS, stage, "limit-expensive") == {"rateLimit": expected}, "20 a minute"
    assert answering(AGENTS, stage, HOST, "/api/maintenance/run") == "expensive", "maintenance has its own route"
    assert "limit-expensive" in taken(stage, "/api/maintenance/run"), "which is limited"


@STAGES
def test_learning_is_limited_to_ten_requests_a_minute(stage: str) -> None:
    """X-80: the limit is per user."""
    expected = {"dev": rate(10, "1m", 10), "prod": rate(4, "1m", 4)}[stage] | {"sourceCriterion": BY_USER}
    assert middleware(AGENTS, stage, "limit-learning") == {"rateLimit": expected}, "10 a minute"
    assert answering(AGENTS, stage, HOST, "/api/learning/patterns") == "learning", "learning has its own route"
    assert "limit-learning" in taken(stage, "/api/learning/patterns"), "which is limited"


@STAGES
def test_whoever_has_no_token_is_limited_by_address(stage: str) -> None:
    expected = {"dev": rate(20, "1m", 20), "prod": rate(7, "1m", 7)}[stage] | {
        "sourceCriterion": {"ipStrategy": {"depth": 0, "ipv6Subnet": 64}}
    }
    assert middleware(AGENTS, stage, "limit-ip") == {"rateLimit": expected}, "20 a minute for an address"
    for name, rule in routers(AGENTS, stage).items():
        assert {"limit-ip", "jwt"} & set(chain(rule)), f"{name} counts addresses or lets no request without token pass"
    assert "jwt" not in taken(stage, "/api/auth/token"), "a user has no token before sign-in"


@STAGES
def test_limits_follow_the_load(stage: str) -> None:
    levels = settings(AGENTS, stage, "app")["rate_limits"]["adaptive"]
    steps = [(level["load_from_percent"], level["factor"]) for level in levels]
    assert steps == sorted(steps), "levels rise"
    factors = [1.0, *(factor for _, factor in steps)]
    assert len(factors) > 1, "there is a level to switch to"
    assert factors == sorted(factors, reverse=True), "the higher the load, the lower the limits"
    assert len(set(factors)) == len(factors), "each level changes them"
    assert factors[-1] > 0, "no user is shut out"


@STAGES
@pytest.mark.demand("ING-47")
def test_only_modern_tls_is_accepted(stage: str) -> None:
    stack = manifests(AGENTS, stage)
    option = named(stack, "TLSOption", "default")
    assert option["spec"]["minVersion"] == "VersionTLS12", "TLS 1.0 and 1.1 are refused"
    assert option["metadata"]["namespace"] == "agents-frontend", "Traefik's own default, so it holds for all routes"
    assert not [one for one in stack if one["kind"] == "IngressRoute" and one["spec"]["tls"]], "no route has another"


@STAGES
@pytest.mark.demand("ING-48")
def test_every_answer_tells_browsers_to_stay_with_https(stage: str) -> None:
    for name, rule in routers(AGENTS, stage).items():
        assert "hsts" in chain(rule), f"{name} sends it"
    sent = middleware(AGENTS, stage, "hsts")["headers"]
    assert (sent["stsSeconds"], sent["forceSTSHeader"]) == (31536000, True), "a year, behind any proxy"


@pytest.mark.demand("ING-49", partly="the load of one instance is assumed, not measured")
def test_requests_go_round_three_instances_and_more_under_load() -> None:
    """X-87: 50 requests a second per pod, three pods at least, ten at most. Decision 6: dev runs one."""
    assert "replicas" not in workload(AGENTS, "prod", "app")["spec"], "the autoscaler sets the number"
    scaler = named(manifests(AGENTS, "prod"), "HorizontalPodAutoscaler", "app")["spec"]
    assert scaler["minReplicas"] == 3, "three instances"
    assert scaler["maxReplicas"] * 50 >= 1.5 * 150, "room for half as much again as the planned load"


@STAGES
@pytest.mark.demand("ING-49", partly="the load of one instance is assumed, not measured")
def test_no_instance_is_preferred(stage: str) -> None:
    assert named(manifests(AGENTS, stage), "Service", "app")["spec"].get("sessionAffinity", "None") == "None", "none"
    for name, rule in routers(AGENTS, stage).items():
        assert target(rule) == ("app", 3000), f"{name} leads to the instances"
        (service,) = rule["services"]
        assert not {"sticky", "strategy", "nativeLB"} & set(service), f"{name}: Traefik's own round robin over pods"


@STAGES
@pytest.mark.demand("ING-50", partly="Traefik forgets a client that pauses for seconds")
def test_every_public_router_has_a_rate_limit(stage: str) -> None:
    for name, rule in routers(AGENTS, stage).items():
        kinds = {kind for one in chain(rule) for kind in middleware(AGENTS, stage, one)}
        assert "rateLimit" in kinds, f"{name} is limited"
        assert entry(AGENTS, stage, name) == (["websecure"], True), f"{name} is public"
    assert not breaks(AGENTS, stage, "rate-limited-routers"), "the policy agrees"
    stack = manifests(AGENTS, stage)
    router = named(stack, "IngressRoute", "sign-in")
    bare = planted(stack, router, "spec/routes/0/middlewares", [{"name": "hsts"}])
    assert refused(bare, "rate-limited-routers") == {"sign-in"}, "a router without limit is reported"
