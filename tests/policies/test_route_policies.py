"""Policies on public routes, Secrets and debug settings of a whole stack."""

from __future__ import annotations

import pytest

from quadrant_platform.policies.pack import check
from tests.policies import builders, shop
from tests.policies.builders import Manifest, middleware, replaced, router, without
from tests.policies.servicer import Pack
from tests.policies.shop import both_ways

PACK = Pack()
Rules = set[tuple[str, str]]


def broken(stack: list[Manifest]) -> Rules:
    """The broken rules, found alike by the direct check and by the engine."""
    direct = {(found.policy, found.check) for found in check(stack)}
    assert both_ways(PACK, stack).rules == direct, "the engine sees outputs, floats and proxies, and finds the same"
    return direct


def with_router(**spec: object) -> list[Manifest]:
    return [*without(shop.stack(), "IngressRoute", "api"), router(**spec)]


def route(*middlewares: str) -> Manifest:
    match = "Host(`shop.example.com`) && PathPrefix(`/`)"
    return {"kind": "Rule", "match": match, "middlewares": [{"name": name} for name in middlewares]}


@pytest.mark.demand("ING-50", partly="a limit forgets a client that pauses for some seconds")
@pytest.mark.parametrize("names", [(), ("cors",), ("missing",)])
def test_a_public_route_without_a_rate_limit_is_reported(names: tuple[str, ...]) -> None:
    stack = [*with_router(routes=[route("limit"), route(*names)]), middleware("cors", headers={})]
    assert broken(stack) == {("rate-limited-routers", "")}, "every route of every router counts"


def test_a_rate_limit_inside_a_chain_counts() -> None:
    assert broken(with_router(routes=[route("guard")])) == set(), "the chain holds the limit"


@pytest.mark.parametrize(("ranges", "found"), [
    (["10.0.0.0/8"], set()),
    (["10.0.0.0/8", "0.0.0.0/0"], {("rate-limited-routers", "")}),
    (["::/0"], {("rate-limited-routers", "")}),
])  # fmt: skip
def test_a_route_for_named_addresses_needs_no_rate_limit(ranges: list[str], found: Rules) -> None:
    office = middleware("office", ipAllowList={"sourceRange": ranges})
    assert broken([*with_router(routes=[route("office")]), office]) == found, "a list of everybody names nobody"


def test_chains_that_contain_each_other_end_the_search() -> None:
    chains = [middleware(one, chain={"middlewares": [{"name": two}]}) for one, two in (("a", "b"), ("b", "a"))]
    assert broken([*with_router(routes=[route("a")]), *chains]) == {("rate-limited-routers", "")}, "no endless loop"


def test_the_dashboard_needs_no_rate_limit() -> None:
    assert broken(with_router(entryPoints=["dashboard"], routes=[route()])) == set(), "it is not public"


def test_a_rate_limit_is_advice() -> None:
    answer = PACK.analyze_stack(with_router(routes=[route()]))
    assert [one.mandatory for one in answer.diagnostics] == [False], "not every system asks for one"


@pytest.mark.demand("ING-15")
def test_every_router_on_443_has_tls_and_port_80_only_redirects() -> None:
    assert broken(with_router(tls=None)) == {("tls-only", "tls")}, "443 without TLS is refused"
    plain = [*with_router(entryPoints=["web"], tls=None, routes=[route("https")])]
    redirect = middleware("https", redirectScheme={"scheme": "https", "permanent": True})
    assert broken([*plain, redirect]) == set(), "a redirect may answer on 80"
    assert broken(plain) == {("plain-routers-redirect", "")}, "nothing else may"


@pytest.mark.demand("ING-09", check="policy")
@pytest.mark.parametrize("origin", ["*", "http://localhost:5173"])
def test_an_open_origin_is_refused(origin: str) -> None:
    cors = middleware("cors", headers={"accessControlAllowOriginList": ["https://shop.example.com", origin]})
    assert broken([*shop.stack(), cors]) == {("no-open-cors", "")}, "only the system's own hosts may read answers"


@pytest.mark.demand("SEC-04")
def test_a_secret_is_used_only_by_its_declared_consumers() -> None:
    path = "metadata/annotations"
    generated = {"quadrant.dev/generated-keys": "password"}
    for consumers in ({}, {"quadrant.dev/consumers": "migrate, db"}):
        stack = replaced(shop.stack(), "Secret", "api-secrets", path, generated | consumers)
        assert broken(stack) == {("secret-consumers", "")}, "the API is not among them"
    assert broken(shop.stack()) == set(), "the API is named, among others"


def test_an_external_secret_declares_the_consumers_of_its_target() -> None:
    external = builders.obj(
        "external-secrets.io/v1", "ExternalSecret", "api-from-vault", "backend",
        metadata={"annotations": {"quadrant.dev/consumers": "db"}}, spec={"target": {"name": "api-secrets"}},
    )  # fmt: skip
    stack = [*without(shop.stack(), "Secret", "api-secrets"), external]
    assert broken(stack) == {("secret-consumers", "")}, "the Secret that it makes is the one that is mounted"


def test_values_of_secrets_never_reach_a_message() -> None:
    secret = builders.obj("v1", "Secret", "api-secrets", "backend", stringData=5, data={"a": "c2VjcmV0LXZhbHVl"})
    stack = [*without(shop.stack(), "Secret", "api-secrets"), secret]
    texts = [found.message for found in check(stack)] + [one.text for one in both_ways(PACK, stack).diagnostics]
    assert texts, "the Secret declares no consumers"
    assert not any("c2VjcmV0LXZhbHVl" in text for text in texts), "and nobody reads its values"


def settings(text: str, environment: str) -> list[Manifest]:
    stack = shop.stack(shop.matrix(environment=environment))
    return replaced(stack, "ConfigMap", "api-config", "data", {"app.yaml": text})


DEBUG_LEVELS = ["logLevel: DEBUG", '{"log": {"level": "debug"}}', "loglevel debug", "LOG_LEVEL=trace"]


@pytest.mark.demand("OBS-03")
@pytest.mark.parametrize("text", DEBUG_LEVELS)
def test_debug_logs_stay_in_dev(text: str) -> None:
    assert broken(settings(text, "prod")) == {("no-debug", "level")}, "DEBUG is not for prod"
    assert broken(settings(text, "dev")) == set(), "in dev it is allowed"


@pytest.mark.parametrize("text", ["logLevel: INFO", "loglevel notice", "levels: [ERROR, DEBUG]", "debug: false"])
def test_other_settings_are_no_debug_mode(text: str) -> None:
    assert broken(settings(text, "prod")) == set(), "the word alone is not the mode"


@pytest.mark.demand("WRK-19")
@pytest.mark.parametrize("environment", ["dev", "prod"])
@pytest.mark.parametrize("text", ["debug: true", '{"debug":true}', "app.debug=on"])
def test_debug_modes_are_refused_in_every_stack(environment: str, text: str) -> None:
    assert broken(settings(text, environment)) == {("no-debug", "flag")}, "production mode only"


def test_a_debug_level_on_the_command_line_counts() -> None:
    args = "spec/template/spec/containers/0/args"
    for words in (["--log.level=DEBUG"], ["--log-level", "debug"]):
        stack = replaced(shop.stack(), "Deployment", "traefik", args, words)
        assert broken(stack) == {("no-debug", "level")}, "arguments are settings too"
