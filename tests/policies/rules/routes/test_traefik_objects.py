"""Routes name objects that exist, where Traefik looks for them."""

from __future__ import annotations

from typing import Any

import pytest

from quadrant_platform.policies.configuration.config import Config
from quadrant_platform.policies.pack import check
from tests.policies.builders import Manifest, middleware, obj, router, workload

ELSEWHERE = [{"name": "guard", "namespace": "shop-edge"}]
RULE = "Host(`shop.example.com`)"


def route(**fields: Any) -> Manifest:
    return router(routes=[{"match": RULE, "services": [{"name": "api", "port": 80}], **fields}])


def checks(*stack: Manifest, config: Config | None = None, policy: str = "route-references") -> set[str]:
    return {one.check for one in check(stack, config) if one.policy == policy}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([{"name": "limit"}], set()), ([{"name": "gone"}], {"missing"}), (ELSEWHERE, {"elsewhere"}),
        ([{"name": "limit", "namespace": "shop-backend"}], set()), ([{"name": "compress@file"}], set()),
        ([{"name": "shop-backend-limit@kubernetescrd"}], {"provider"}),
    ],
)  # fmt: skip
def test_a_middleware_is_looked_for_where_traefik_does(names: Any, expected: set[str]) -> None:
    assert checks(route(middlewares=names), middleware("limit", rateLimit={})) == expected, "in the route's namespace"


def test_a_middleware_may_be_in_other_manifests() -> None:
    assert checks(route(middlewares=[{"name": "gone"}])) == set(), "none of Traefik's objects of the namespace is here"


def traefik(*args: str) -> Manifest:
    found = workload("traefik", "edge")
    container = found["spec"]["template"]["spec"]["containers"][0]
    container.update(image="registry.example.com/traefik:v3.6.0", args=list(args))
    return found


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        (traefik("--providers.kubernetescrd.allowCrossNamespace=true"), set()),
        (traefik("--providers.kubernetescrd.allowcrossnamespace"), set()),
        (traefik("--providers.kubernetescrd.allowCrossNamespace=false"), {"elsewhere"}),
        (traefik("--providers.kubernetescrd"), {"elsewhere"}),
        (obj("v1", "ConfigMap", "traefik", data={"traefik.yaml": "allowCrossNamespace: true\nping: {}"}), set()),
        (
            obj("v1", "ConfigMap", "traefik", data={"traefik.yaml": "allowCrossNamespace: false\na: true"}),
            {"elsewhere"},
        ),
    ],
)
def test_namespaces_are_crossed_where_traefik_is_told(setting: Manifest, expected: set[str]) -> None:
    assert checks(route(middlewares=ELSEWHERE), setting) == expected, "on its command line or in its file"


def test_a_platform_may_say_that_namespaces_are_crossed() -> None:
    config = Config(cross_namespace_routes=True)
    assert checks(route(middlewares=ELSEWHERE), config=config) == set(), "its Traefik is not among the manifests"


def test_the_default_options_need_no_object() -> None:
    found = router(tls={"secretName": "a", "options": {"name": "default"}})
    assert checks(found, middleware("limit", rateLimit={}), middleware("guard", headers={})) == set(), (
        "Traefik has them"
    )


@pytest.mark.parametrize(
    ("version", "syntax", "expected"),
    [("traefik.io/v1alpha1", None, {"rule"}), ("traefik.io/v1alpha1", "v2", set()),
     ("traefik.containo.us/v1alpha1", None, set()), ("traefik.containo.us/v1alpha1", "v3", {"rule"})],
)  # fmt: skip
def test_a_rule_of_version_2_passes_where_it_is_said(version: str, syntax: str | None, expected: set[str]) -> None:
    found = route(match="Host(`a.example.com`, `b.example.com`)", **({"syntax": syntax} if syntax else {}))
    assert checks({**found, "apiVersion": version}, policy="route-rules") == expected, "by the route or by its group"


def test_a_rule_of_version_2_passes_beside_a_traefik_of_that_version() -> None:
    old = traefik()
    old["spec"]["template"]["spec"]["containers"][0]["image"] = "registry.example.com/traefik:v2.11.0"
    found = route(match="Host(`a.example.com`, `b.example.com`)")
    assert checks(found, old, policy="route-rules") == set(), "it reads no other syntax"
    assert checks(found, traefik("--core.defaultRuleSyntax=v2"), policy="route-rules") == set(), "nor one told so"
