"""Exemptions: they exempt what they name until a day, and are violations themselves when they end or match nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from quadrant_platform.policies.configuration.config import Config
from quadrant_platform.policies.configuration.exemptions import EXEMPTIONS, Exemption
from quadrant_platform.policies.configuration.levels import Level
from quadrant_platform.policies.pack import POLICIES, check
from tests.policies.builders import changed, service
from tests.policies.servicer import Pack, urn

BAD = changed(service(type="NodePort"), "metadata/labels", {"team": "shop", "app.kubernetes.io/name": "api"})
TODAY = date(2026, 11, 21)
NOT_EXEMPTED = {("service-exposure", "type"), ("exemptions", "unused")}


def row(**selector: Any) -> Exemption:
    given = {"policy": "service-exposure", "expires": date(2026, 12, 31), **selector}
    return Exemption(reason="the old client cannot use TLS yet", **given)


def found(*rows: Exemption, **config: Any) -> set[tuple[str, str]]:
    """Return the violations, found alike by the direct check and by the engine."""
    configured = Config(exemptions=rows, today=TODAY, **config)
    direct = {(one.policy, one.check) for one in check([BAD], configured)}
    if not config:
        pack = Pack(configured)
        assert (pack.analyze(BAD) | pack.analyze_stack([BAD])).rules == direct, "the engine exempts the same"
    return direct


@pytest.mark.parametrize("selector", [
    {"kind": "Service", "namespace": "shop-backend", "name": "api"},
    {"namespace": "shop-backend"},
    {"labels": {"team": "shop"}},
    {"kind": "Service", "check": "type"},
])  # fmt: skip
def test_an_exemption_in_force_exempts_what_it_selects(selector: dict[str, Any]) -> None:
    assert found(row(**selector)) == set(), "all that the row gives fits the object"
    assert found(row(**selector, expires=TODAY)) == set(), "the last day counts"


@pytest.mark.parametrize("selector", [
    {"kind": "Service", "name": "web"},
    {"namespace": "shop-backend", "policy": "allowed-ports"},
    {"labels": {"team": "bank"}},
    {"kind": "Service", "check": "externalIPs"},
    {"urn": "urn:pulumi:dev::shop::other"},
])  # fmt: skip
def test_an_exemption_of_something_else_exempts_nothing_and_is_unused(selector: dict[str, Any]) -> None:
    assert found(row(**selector)) == NOT_EXEMPTED, "another object, policy or check is not meant"


def test_an_exemption_may_name_the_urn_of_a_resource() -> None:
    pack = Pack(Config(exemptions=(row(urn=urn(BAD)),), today=TODAY))
    assert not pack.analyze(BAD).diagnostics, "the engine identifies its resources by URN"


def test_an_expired_exemption_exempts_nothing_and_is_reported() -> None:
    expected = {("service-exposure", "type"), ("exemptions", "expired")}
    assert found(row(name="api", expires=date(2026, 11, 20))) == expected, "an exception has an end"


def test_an_exemption_from_a_policy_that_is_off_is_not_called_unused() -> None:
    off = {"service-exposure": Level.DISABLED}
    assert found(row(name="api"), levels=off) == set(), "whether it is used was not checked"


@pytest.mark.parametrize("given", [
    {}, {"name": ""}, {"urn": "urn:x", "name": "api"}, {"name": "api", "reason": " "}, {"name": "api", "why": "x"},
])  # fmt: skip
def test_a_row_without_object_or_reason_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Exemption.model_validate({"policy": "service-exposure", "reason": "x", "expires": TODAY, **given})


def test_the_rows_in_force_name_policies_that_exist() -> None:
    assert all(one.policy in POLICIES for one in EXEMPTIONS), "each exception is from a rule"
