"""A Secret has one maker, and its keys are known where all that writes it is here."""

from __future__ import annotations

from typing import Any

import pytest

from quadrant_platform.policies.pack import check
from tests.policies.builders import Manifest, obj, workload


def certificate(name: str = "api", **spec: Any) -> Manifest:
    return obj("cert-manager.io/v1", "Certificate", name, "backend", spec={"secretName": "api", **spec})


def external(name: str = "api", **spec: Any) -> Manifest:
    return obj("external-secrets.io/v1", "ExternalSecret", name, "backend", spec=spec)


def secret(metadata: Any = None, **fields: Any) -> Manifest:
    return obj("v1", "Secret", "api", "backend", metadata=metadata or {}, **fields)


SEALED = obj("bitnami.com/v1alpha1", "SealedSecret", "api", "backend", spec={"encryptedData": {"password": "AgBy"}})
MANAGED = {"annotations": {"sealedsecrets.bitnami.com/managed": "true"}}
VALUES = {"password": "eA=="}


def found(policy: str, *stack: Manifest) -> set[str]:
    return {one.check for one in check(stack) if one.policy == policy}


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        ([certificate(), certificate("other")], {"two"}),
        ([certificate(), certificate("other", secretName="other")], set()),
        ([certificate(), external()], {"two"}),
        ([external(), external("other", target={"name": "api"})], {"two"}),
        ([external(), external("other", target={"name": "api", "creationPolicy": "Merge"})], set()),
        ([external(), SEALED], {"two"}),
        ([secret(data=VALUES), external()], {"two"}),
        ([secret(), certificate()], set()),
        ([secret(data=VALUES), SEALED], {"two"}),
        ([secret(MANAGED, data=VALUES), SEALED], set()),
        ([certificate(), certificate()], set()),
    ],
)
def test_a_secret_has_one_maker(stack: list[Manifest], expected: set[str]) -> None:
    assert found("one-maker-of-a-secret", *stack) == expected, "what adds to it, or is empty for another, is none"


@pytest.mark.parametrize(
    ("maker", "expected"),
    [
        (SEALED, set()), (external(data=[{"secretKey": "password"}]), set()), (secret(data=VALUES), set()),
        (external(data=[{"secretKey": "token"}]), {"key"}), (secret(data={"token": "eA=="}), {"key"}),
        (certificate(), {"key"}),
        (external(dataFrom=[{"extract": {"key": "shop"}}]), set()), (secret(), set()),
        (external(data=[{"secretKey": "token"}], target={"template": {"data": {"password": "x"}}}), set()),
        (external(data=[{"secretKey": "token"}], target={"template": {"templateFrom": [{}]}}), set()),
        (secret({"annotations": {"secret-generator.v1.mittwald.de/autogenerate": "password"}}, data={"a": ""}), set()),
    ],
)  # fmt: skip
def test_a_key_is_asked_of_what_writes_the_secret(maker: Manifest, expected: set[str]) -> None:
    pod = workload()
    reference = {"name": "X", "valueFrom": {"secretKeyRef": {"name": "api", "key": "password"}}}
    pod["spec"]["template"]["spec"]["containers"][0]["env"] = [reference]
    checks = found("secret-references-resolve", pod, maker) & {"key"}
    assert checks == expected, "and of nothing else, where keys may come from elsewhere"


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"duration": "2160h", "renewBefore": "360h"}, set()), ({}, set()), ({"renewBefore": "2159h59m"}, set()),
        ({"duration": "24h", "renewBefore": "24h"}, {"renewal"}), ({"renewBefore": "2160h"}, {"renewal"}),
        ({"duration": "59m"}, {"short"}), ({"renewBefore": "4m"}, {"short"}),
    ],
)  # fmt: skip
def test_a_certificate_is_renewed_within_its_duration(spec: Any, expected: set[str]) -> None:
    assert found("certificates-renew-in-time", certificate(**spec)) == expected, "as cert-manager's webhook has it"
