"""No route without a guard takes what another one guards."""

from __future__ import annotations

from typing import Any

import pytest

from tests.policies.builders import Manifest, middleware, obj, router
from tests.policies.judging import found_in

HOST = "Host(`shop.example.com`)"
SEGMENT = "(Path(`/api/auth`) || PathPrefix(`/api/auth/`))"


def checks(stack: list[Manifest]) -> set[str]:
    return {one.check for one in found_in(stack, "guarded-paths")}


def rule(path: str, *guards: str, priority: int = 0, service: str = "api") -> Manifest:
    match = f"{HOST} && {path}" if path else HOST
    found: Manifest = {"match": match, "middlewares": [{"name": one} for one in guards]}
    return {**found, "services": [{"name": service, "port": 80}], **({"priority": priority} if priority else {})}


def found(*rules: Manifest, **spec: Any) -> set[str]:
    """What the policy finds in a router of these rules, by the check."""
    known = [middleware("ask", forwardAuth={"address": "http://auth"}), middleware("limit", rateLimit={"average": 1}),
             middleware("chained", chain={"middlewares": [{"name": "ask"}]}),
             middleware("all", ipAllowList={"sourceRange": ["0.0.0.0/0"]})]  # fmt: skip
    return checks([*known, router(routes=list(rules), **spec)])


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([rule("PathPrefix(`/api`)", "ask"), rule("PathPrefix(`/api/auth`)", "limit")], {"loose"}),
        ([rule("PathPrefix(`/api`)", "chained"), rule("PathPrefix(`/api/auth`)", "all")], {"loose"}),
        ([rule("PathPrefix(`/api`)", "ask"), rule("PathRegexp(`^/api/auth.*`)")], {"loose"}),
        ([rule("PathPrefix(`/api`)", "ask"), rule(SEGMENT, "limit")], set()),
        ([rule("PathPrefix(`/api`)", "ask"), rule("PathPrefix(`/api/auth`)", "ask")], set()),
        ([rule("PathPrefix(`/api`)", "ask"), rule("PathPrefix(`/api/auth`)", "missing")], set()),
        ([rule("PathPrefix(`/api`)", "limit"), rule("PathPrefix(`/api/auth`)")], set()),
        ([rule("PathPrefix(`/api`)", "ask", priority=900), rule("PathPrefix(`/api/auth`)")], set()),
        ([rule("Path(`/metrics`)", "ask"), rule("")], {"beside"}),
        ([rule("Path(`/metrics`)", "ask"), rule("", service="web")], set()),
        ([rule("PathPrefix(`/admin/`)", "ask"), rule("")], {"beside"}),
        ([rule("PathPrefix(`/admin`)", "ask"), rule("")], set()),
        ([rule("PathPrefix(`/admin`)", "ask"), rule("", priority=900)], {"priority"}),
    ],
)
def test_a_path_that_escapes_its_guard_is_found(rules: list[Manifest], expected: set[str]) -> None:
    assert found(*rules) == expected, "only a route that surely has no guard is a finding"


def ingress(kind: str, path: str, **annotations: str) -> Manifest:
    backend = {"service": {"name": "api", "port": {"number": 80}}}
    rules = [{"host": "a.b.example", "http": {"paths": [{"path": path, "pathType": kind, "backend": backend}]}}]
    named = {f"nginx.ingress.kubernetes.io/{key.replace('_', '-')}": text for key, text in annotations.items()}
    made = obj("networking.k8s.io/v1", "Ingress", f"i{len(path)}", spec={"ingressClassName": "n", "rules": rules})
    return {**made, "metadata": {**made["metadata"], "annotations": named}}


@pytest.mark.parametrize(("kind", "expected"), [("ImplementationSpecific", {"loose"}), ("Prefix", set())])
def test_an_ingress_whose_controller_compares_letters_is_found(kind: str, expected: set[str]) -> None:
    stack = [ingress("Prefix", "/api", auth_url="http://auth"), ingress(kind, "/api/auth")]
    assert checks(stack) == expected, "the type Prefix goes by whole segments"


@pytest.mark.parametrize(("kind", "expected"), [("RegularExpression", {"loose"}), ("PathPrefix", set())])
def test_an_http_route_with_a_pattern_is_found(kind: str, expected: set[str]) -> None:
    def http_route(name: str, path: str, kind: str, *filters: Manifest) -> Manifest:
        matches = [{"path": {"type": kind, "value": path}}]
        rules = [{"matches": matches, "filters": list(filters), "backendRefs": [{"name": "api", "port": 80}]}]
        spec = {"parentRefs": [{"name": "gateway"}], "hostnames": ["a.b.example"], "rules": rules}
        return obj("gateway.networking.k8s.io/v1", "HTTPRoute", name, spec=spec)

    guarded = http_route("api", "/api", "PathPrefix", {"type": "ExtensionRef"})
    pattern = "/api/auth.*" if kind == "RegularExpression" else "/api/auth"
    assert checks([guarded, http_route("login", pattern, kind)]) == expected, "PathPrefix goes by whole segments"
