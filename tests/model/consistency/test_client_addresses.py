"""What stands before the entry is known where an address decides who gets in."""

from __future__ import annotations

from typing import Any

import pytest

from quadrant_platform.documents.problems import BadInput
from quadrant_platform.model.consistency import problems_with
from quadrant_platform.model.consistency.client_addresses import speaks_proxy_protocol
from quadrant_platform.model.loader import load_environment
from tests.components.sample import environment, shop

OFFICE = ["203.0.113.0/24"]
PROXIES = {"proxyProtocol": ["192.0.2.1/32"]}
HEADERS = {"forwardedHeaders": ["192.0.2.1/32"], "depth": 1}


def problems(ranges: list[str], overrides: dict[str, Any] | None = None, stage: str = "prod") -> list[str]:
    listed = {
        "edge": {"middlewares": {"inside": {"allowList": ranges}}, "routes": {"orders": {"middlewares": ["inside"]}}}
    }
    found = problems_with(shop(listed), environment(stage, overrides))
    return [str(one) for one in found if "trustedProxies" in str(one)]


@pytest.mark.parametrize("private", ["10.0.0.0/8", "192.168.1.0/24", "100.64.0.0/10", "fd00:1::/64", "10.0.0.0/7"])
def test_private_addresses_are_let_in_only_where_balancers_are_known(private: str) -> None:
    [problem] = problems([*OFFICE, private])
    assert "network.trustedProxies" in problem, "the key that settles it"
    assert f"'inside' lets {private} in" in problem, "the list and its range"
    for known in ({}, PROXIES, HEADERS):
        assert not problems([private], {"network": {"trustedProxies": known}}), f"{known} says what stands before"
    assert not problems([private], stage="dev"), "nothing stands before the entry of a developer"


def test_public_addresses_need_no_word() -> None:
    assert not problems(OFFICE), "a balancer's private address is not among them"
    assert not problems(["0.0.0.0/0"]), "everybody is let in on purpose"


def test_a_list_that_no_route_of_the_stage_uses_lets_nobody_in() -> None:
    listed = {
        "edge": {
            "middlewares": {"inside": {"allowList": ["10.0.0.0/8"]}},
            "routes": {"orders": {"middlewares": ["inside"], "stages": ["dev"]}},
        }
    }
    found = problems_with(shop(listed), environment("prod"))
    assert not [one for one in found if "trustedProxies" in str(one)], "the route is not there in prod"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("load-balancer.hetzner.cloud/uses-proxyprotocol", "true"),
        ("service.beta.kubernetes.io/aws-load-balancer-proxy-protocol", "*"),
        ("service.beta.kubernetes.io/aws-load-balancer-target-group-attributes",
         "preserve_client_ip.enabled=false,proxy_protocol_v2.enabled=true"),
        ("service.beta.kubernetes.io/do-loadbalancer-enable-proxy-protocol", "true"),
        ("service.beta.kubernetes.io/linode-loadbalancer-proxy-protocol", "v2"),
        ("service.beta.kubernetes.io/scw-loadbalancer-proxy-protocol-v2", "443"),
        ("loadbalancer.openstack.org/proxy-protocol", "true"),
        ("kubernetes.civo.com/loadbalancer-enable-proxy-protocol", "send-proxy-v2"),
        ("service.beta.kubernetes.io/oci-load-balancer-connection-proxy-protocol-version", "2"),
        ("service.kubernetes.io/ibm-load-balancer-cloud-provider-enable-features", "proxy-protocol"),
        ("service.beta.kubernetes.io/azure-pls-proxy-protocol", "true"),
    ],
)  # fmt: skip
def test_an_annotation_that_turns_the_proxy_protocol_on_needs_its_balancer(key: str, value: str) -> None:
    annotated: dict[str, Any] = {"publishing": {"loadBalancerAnnotations": {key: value}}}
    unprepared: dict[str, Any]
    for unprepared in ({}, {"network": {"trustedProxies": {}}}, {"network": {"trustedProxies": HEADERS}}):
        [problem] = problems(OFFICE, annotated | unprepared)
        assert key in problem, "the annotation is the place"
    assert not problems(OFFICE, annotated | {"network": {"trustedProxies": PROXIES}}), "Traefik expects it"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("load-balancer.hetzner.cloud/uses-proxyprotocol", "false"),
        ("service.beta.kubernetes.io/linode-loadbalancer-proxy-protocol", "none"),
        ("service.beta.kubernetes.io/aws-load-balancer-target-group-attributes", "proxy_protocol_v2.enabled=false"),
        ("service.beta.kubernetes.io/aws-load-balancer-type", "nlb"),
    ],
)
def test_an_annotation_that_turns_it_off_needs_nothing(key: str, value: str) -> None:
    assert not speaks_proxy_protocol(key, value), "the balancer hands the bytes on as they come"


@pytest.mark.parametrize(
    ("proxies", "said"),
    [
        ({"forwardedHeaders": ["0.0.0.0/0"], "depth": 1}, "0.0.0.0/0 believes every client"),
        ({"proxyProtocol": ["::/0"]}, "::/0 believes every client"),
        ({"forwardedHeaders": ["192.0.2.1/32"]}, "forwardedHeaders and depth belong together"),
        ({"depth": 1}, "forwardedHeaders and depth belong together"),
    ],
)
def test_proxies_are_named_and_counted(proxies: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        load_environment("prod", {"network": {"trustedProxies": proxies}})
