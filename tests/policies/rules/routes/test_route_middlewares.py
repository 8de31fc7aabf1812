"""The middlewares of public routes: rate limits and redirects."""

from __future__ import annotations

import pytest

from tests.policies import shop
from tests.policies.builders import Manifest, middleware, router, without
from tests.policies.judging import PACK, Rules, broken


def with_router(**spec: object) -> list[Manifest]:
    return [*without(shop.stack(), "IngressRoute", "api"), router(**spec)]


def route(*middlewares: str) -> Manifest:
    match = "Host(`shop.example.com`) && PathPrefix(`/`)"
    return {"kind": "Rule", "match": match, "middlewares": [{"name": name} for name in middlewares]}


@pytest.mark.demand("ING-50", partly="Traefik forgets a client that pauses for seconds")
@pytest.mark.parametrize("names", [(), ("cors",), ("missing",)])
def test_a_public_route_without_a_rate_limit_is_reported(names: tuple[str, ...]) -> None:
    stack = [*with_router(routes=[route("limit"), route(*names)]), middleware("cors", headers={})]
    found = broken(stack) - {("route-references", "missing")}
    assert found == {("rate-limited-routers", "")}, "every route of every router counts"


def test_a_rate_limit_inside_a_chain_counts() -> None:
    assert broken(with_router(routes=[route("guard")])) == set(), "the chain holds the limit"


@pytest.mark.parametrize(("ranges", "found"), [
    (["10.0.0.0/8"], set()),
    (["10.0.0.0/8", "0.0.0.0/0"], {("rate-limited-routers", "")}),
    (["::/0"], {("rate-limited-routers", "")}),
])  # fmt: skip
def test_a_route_for_named_addresses_needs_no_rate_limit(ranges: list[str], found: Rules) -> None:
    for word in ("ipAllowList", "ipWhiteList"):
        office = middleware("office", **{word: {"sourceRange": ranges}})
        judged = broken([*with_router(routes=[route("office")]), office]) - {("operator-apis", "field")}
        assert judged == found, f"a list of all addresses names none, and Traefik 3 still reads {word}"


def test_chains_that_contain_each_other_end_the_search() -> None:
    chains = [middleware(one, chain={"middlewares": [{"name": two}]}) for one, two in (("a", "b"), ("b", "a"))]
    found = broken([*with_router(routes=[route("a")]), *chains])
    assert found == {("rate-limited-routers", ""), ("route-references", "circle")}, "no endless loop"


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
    found = broken([*plain, middleware("https", headers={})])
    assert found == {("plain-routers-redirect", "")}, "nothing else may"
