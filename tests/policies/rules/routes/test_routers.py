"""Routers, one at a time: TLS, allowed origins, and no second ingress controller."""

from __future__ import annotations

from typing import Any

import pytest

from tests.policies import shop
from tests.policies.builders import UNKNOWN, Manifest, changed, middleware, obj, router, workload
from tests.policies.cases import ObjectCase
from tests.policies.consistent import CONTAINER
from tests.policies.judging import broken, engine_rules, rules

HOST_RULE = {"host": "shop.example.com"}
EDGE = workload("traefik", component="edge")


def web_ingress(**spec: Any) -> Manifest:
    return obj("networking.k8s.io/v1", "Ingress", "web", spec=spec)


TLS = (
    ObjectCase(router(entryPoints=[]), ("tls-only/entry-points",)),
    ObjectCase(router(tls=None), ("tls-only/tls",)),
    ObjectCase(router(tls=UNKNOWN), ("tls-only/unknown",)),
    ObjectCase(router(entryPoints=["dashboard"], tls=None)),
    ObjectCase(web_ingress(rules=[]), ("tls-only/tls",)),
    ObjectCase(web_ingress(ingressClassName="traefik", tls=[{"hosts": ["shop.example.com"]}])),
    ObjectCase(web_ingress(tls=[{"hosts": ["shop.example.com"]}], rules=[HOST_RULE])),
    ObjectCase(web_ingress(tls=[{"hosts": ["*.example.com"]}], rules=[HOST_RULE])),
    ObjectCase(web_ingress(tls=[{"hosts": ["a.example.com"]}, {}], rules=[HOST_RULE])),
    ObjectCase(web_ingress(tls=[{"hosts": ["www.example.com"]}], rules=[HOST_RULE]), ("tls-only/host",)),
    ObjectCase(obj("traefik.io/v1alpha1", "TLSOption", "default", spec={"minVersion": "VersionTLS13"})),
    ObjectCase(obj("traefik.io/v1alpha1", "TLSOption", "default", spec={"minVersion": "VersionTLS11"}),
         ("tls-only/min-version",)),
    ObjectCase(changed(EDGE, f"{CONTAINER}/args", ["--api.insecure=true"]), ("tls-only/dashboard",)),
    ObjectCase(changed(EDGE, f"{CONTAINER}/args", ["--api.dashboard=true", "--api.insecure=false"])),
)  # fmt: skip

ORIGINS = tuple(
    ObjectCase(middleware("cors", headers={"accessControlAllowOriginList": [origin]}), rules)
    for origin, rules in (
        ("https://shop.example.com", ()),
        ("*", ("no-open-cors/",)),
        ("http://localhost:3000", ("no-open-cors/",)),
        ("https://127.0.0.1", ("no-open-cors/",)),
    )
)

PATTERNS = (
    ObjectCase(middleware("cors", headers={"accessControlAllowOriginListRegex": [".*"]}), ("no-open-cors/",)),
    ObjectCase(middleware("cors", headers={"accessControlAllowOriginListRegex": [r"https://[a-z]+\.example\.com"]})),
)

NGINX = (
    ObjectCase(web_ingress(ingressClassName="nginx", tls=[{}]), ("no-nginx-ingress/class",)),
    ObjectCase(
        obj("networking.k8s.io/v1", "IngressClass", "nginx", spec={"controller": "k8s.io/ingress-nginx"}),
        ("no-nginx-ingress/class",),
    ),
    ObjectCase(
        changed(workload(), "spec/template/spec/containers/0/image", "registry.k8s.io/ingress-nginx/controller:v1.9"),
        ("no-nginx-ingress/controller",),
    ),
    ObjectCase(workload("nginx-proxy"), ("no-nginx-ingress/controller",)),
    ObjectCase(changed(workload("landing"), "spec/template/spec/containers/0/image", "nginx:1.29")),
    ObjectCase(
        changed(
            workload(),
            "spec/template/spec/containers/0/image",
            "registry.k8s.io/ingress-nginx/kube-webhook-certgen:v1.6.9",
        )
    ),
)

OBJECTS = (*TLS, *ORIGINS, *PATTERNS, *NGINX)


@pytest.mark.parametrize("case", OBJECTS, ids=str)
def test_an_object_breaks_exactly_its_rules(case: ObjectCase) -> None:
    assert rules(case.manifest) == case.rules, "the direct check finds what the case names and nothing else"
    assert engine_rules(case.manifest) == case.rules, "the engine sees the same"


@pytest.mark.demand("ING-03")
@pytest.mark.parametrize("case", [case for case in NGINX if case.rules])
def test_no_nginx_ingress_runs_beside_traefik(case: ObjectCase) -> None:
    assert {policy for policy, _ in rules(case.manifest)} == {"no-nginx-ingress"}, "Traefik is the only ingress"


@pytest.mark.demand("ING-09", check="policy")
@pytest.mark.parametrize("origin", ["*", "http://localhost:5173"])
def test_an_open_origin_is_refused(origin: str) -> None:
    cors = middleware("cors", headers={"accessControlAllowOriginList": ["https://shop.example.com", origin]})
    assert broken([*shop.stack(), cors]) == {("no-open-cors", "")}, "only the system's own hosts may read answers"
