"""NetworkPolicies, one at a time."""

from __future__ import annotations

from typing import Any

import pytest

from quadrant_platform.vocabulary import PRIVATE_RANGES
from tests.policies.builders import UNKNOWN, Manifest, obj
from tests.policies.cases import ObjectCase
from tests.policies.judging import engine_rules, rules

PORTS = [{"protocol": "TCP", "port": 3001}]
WEB = {"podSelector": {"matchLabels": {"app.kubernetes.io/name": "web"}}}
DNS = {"namespaceSelector": {}, "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}
EVERY_NAMESPACE: Manifest = {"namespaceSelector": {}, "podSelector": {}}
PRIVATE = [network for network in PRIVATE_RANGES if ":" not in network]


def policy(name: str = "api", types: Any = ("Ingress", "Egress"), **rules: Any) -> Manifest:
    """Return a NetworkPolicy of the pods with a name."""
    selector = {"matchLabels": {"app.kubernetes.io/name": name}} if name else {}
    spec: Manifest = {"podSelector": selector, "policyTypes": types if isinstance(types, str) else list(types)}
    return obj("networking.k8s.io/v1", "NetworkPolicy", name or "default-deny", spec={**spec, **rules})


def ingress_policy(*peers: Any, ports: Any = None, name: str = "api") -> Manifest:
    return policy(name, ingress=[{"from": list(peers), "ports": PORTS if ports is None else ports}])


def egress_policy(*peers: Any, name: str = "api") -> Manifest:
    return policy(name, egress=[{"to": list(peers), "ports": PORTS}])


def block(cidr: str, *spared: str) -> Manifest:
    return {"ipBlock": {"cidr": cidr, "except": list(spared)}}


OBJECTS = (
    ObjectCase(policy("")),
    ObjectCase(ingress_policy(WEB)),
    ObjectCase(ingress_policy({"podSelector": {}})),
    ObjectCase(egress_policy(DNS)),
    ObjectCase(egress_policy(block("10.20.0.0/16"))),
    ObjectCase(policy(types=()), ("netpol-hygiene/policyTypes",)),
    ObjectCase(policy(types=["Ingress"], egress=[{"to": [WEB], "ports": PORTS}]), ("netpol-hygiene/policyTypes",)),
    ObjectCase(policy(ingress=[{}]), ("netpol-hygiene/ports", "netpol-hygiene/peer")),
    ObjectCase(ingress_policy(WEB, ports=[]), ("netpol-hygiene/ports",)),
    ObjectCase(ingress_policy(WEB, ports=[{"protocol": "UDP"}]), ("netpol-hygiene/ports",)),
    ObjectCase(ingress_policy(), ("netpol-hygiene/peer",)),
    ObjectCase(ingress_policy(EVERY_NAMESPACE), ("netpol-hygiene/peer",)),
    ObjectCase(ingress_policy({"namespaceSelector": {}}), ("netpol-hygiene/peer",)),
    ObjectCase(ingress_policy(block("0.0.0.0/0")), ("netpol-hygiene/world",)),
    ObjectCase(ingress_policy(block("::/0")), ("netpol-hygiene/world",)),
    ObjectCase(egress_policy(block("128.0.0.0/1")), ("netpol-hygiene/world",)),
    ObjectCase(egress_policy(block("2000::/3")), ("netpol-hygiene/world",)),
    ObjectCase(ingress_policy(block("0.0.0.0/0"), block("::/0"), name="traefik")),
    ObjectCase(egress_policy(block("0.0.0.0/0"), name="traefik"), ("netpol-hygiene/world",)),
    ObjectCase(
        egress_policy(block("0.0.0.0/0", *PRIVATE), block("::/0", "fc00::/7", "fe80::/10"), name="traefik-egress")
    ),
    *(
        ObjectCase(
            egress_policy(block("0.0.0.0/0", *(one for one in PRIVATE if one != missing)), name="traefik-egress"),
            ("netpol-hygiene/except",),
        )
        for missing in PRIVATE
    ),
    ObjectCase(egress_policy(block("::/0", "fd00:ec2::254/128"), name="traefik-egress"), ("netpol-hygiene/except",)),
    ObjectCase(egress_policy(block("2000::/3"), name="traefik-egress")),
    ObjectCase(egress_policy(block("0.0.0.0/99"), name="traefik-egress"), ("well-formed/type",)),
    ObjectCase(policy(types=UNKNOWN), ("netpol-hygiene/unknown",)),
)


@pytest.mark.parametrize("case", OBJECTS, ids=str)
def test_an_object_breaks_exactly_its_rules(case: ObjectCase) -> None:
    assert rules(case.manifest) == case.rules, "the direct check finds what the case names and nothing else"
    assert engine_rules(case.manifest) == case.rules, "the engine sees the same"
