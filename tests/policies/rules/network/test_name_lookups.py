"""The way of pods to DNS."""

from __future__ import annotations

from typing import Any

import pytest

from tests.policies import shop
from tests.policies.builders import Manifest, obj, workload
from tests.policies.consistent import NAME
from tests.policies.judging import found_in

POLICY = "name-lookups-allowed"
WEB = {"to": [{"podSelector": {"matchLabels": {"app.kubernetes.io/name": "web"}}}], "ports": [{"port": 3001}]}
ADDRESSES = {"to": [{"ipBlock": {"cidr": "10.0.0.0/24"}}], "ports": [{"port": 5432}]}
SYSTEM = {"kubernetes.io/metadata.name": "kube-system"}
BOTH = ({"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53})


def to(labels: Manifest, *ports: Manifest) -> Manifest:
    rule: Manifest = {"to": [{"namespaceSelector": {"matchLabels": labels}}]}
    return rule | ({"ports": list(ports)} if ports else {})


def policy(*rules: Manifest, name: str = "api", **spec: Any) -> Manifest:
    full = {"podSelector": {"matchLabels": NAME}, "policyTypes": ["Egress"], "egress": list(rules), **spec}
    return obj("networking.k8s.io/v1", "NetworkPolicy", name, "backend", spec=full)


def found(*policies: Manifest) -> list[tuple[str, str]]:
    stack = [workload(), workload("web"), *policies]
    return [(one.name, one.check) for one in found_in(stack, POLICY)]


@pytest.mark.parametrize(
    ("rules", "check"),
    [
        ([WEB, to(SYSTEM, *BOTH)], ""),
        ([WEB], "dns"),
        ([WEB, to(SYSTEM, BOTH[0])], "tcp"),
        ([WEB, to(SYSTEM, BOTH[1])], "udp"),
        ([to(SYSTEM, BOTH[0])], "tcp"),
        ([WEB, to(SYSTEM)], ""),
        ([WEB, to({"name": "kube-system"}, *BOTH)], "namespace"),
        ([WEB, to({"team": "platform"}, *BOTH)], ""),
        ([WEB, {"ports": list(BOTH)}], ""),
        ([WEB, {"to": [{"ipBlock": {"cidr": "169.254.20.10/32"}}], "ports": list(BOTH)}], ""),
        ([WEB, to(SYSTEM, {"protocol": "UDP", "port": 5353}, {"protocol": "TCP", "port": 5353})], ""),
        ([WEB, to(SYSTEM, {"protocol": "UDP", "port": "dns"}, {"protocol": "TCP", "port": "dns-tcp"})], ""),
        ([ADDRESSES], ""),
        ([{}], ""),
        ([], ""),
    ],
    ids=str,
)
def test_pods_that_may_send_to_pods_may_ask_dns(rules: list[Manifest], check: str) -> None:
    assert found(policy(*rules)) == ([("api", check)] if check else []), "by both protocols, where it is"


def test_policies_on_one_pod_count_together() -> None:
    lookups = policy(to(SYSTEM, *BOTH), name="dns", podSelector={})
    assert found(policy(WEB), lookups) == [], "one for the whole namespace may allow DNS"
    deny = policy(name="default-deny", podSelector={})
    assert found(policy(WEB), deny) == [("api", "dns")], "a default-deny allows nothing, and is not to blame"


def test_a_label_that_someone_set_is_one() -> None:
    labelled = {"apiVersion": "v1", "kind": "Namespace",
                "metadata": {"name": "kube-system", "labels": {"name": "kube-system"}}}  # fmt: skip
    assert found(policy(WEB, to({"name": "kube-system"}, *BOTH)), labelled) == [], "the manifest shows it"


def test_a_matrix_says_who_asks_dns() -> None:
    assert not found_in(shop.GOOD, POLICY), "its rows are compared with the policies"
