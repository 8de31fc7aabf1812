"""Exemptions: they spare one object until a day, and are violations themselves when they end or match nothing."""

from __future__ import annotations

from datetime import date

from policies.exemptions import EXEMPTIONS, Exemption
from policies.pack import check
from policies.settings import Config
from tests.policies.builders import service
from tests.policies.servicer import Pack

BAD = service(type="NodePort")
TODAY = date(2026, 11, 21)


def row(name: str = "api", expires: date = date(2026, 12, 31), policy: str = "service-exposure") -> Exemption:
    return Exemption(policy, "Service", "shop-backend", name, "the old client cannot use TLS yet", expires)


def found(*rows: Exemption) -> set[tuple[str, str]]:
    """The violations, found alike by the direct check and by the engine."""
    config = Config(exemptions=rows, today=TODAY)
    direct = {(one.policy, one.check) for one in check([BAD], config)}
    pack = Pack(config)
    assert (pack.analyze(BAD) | pack.analyze_stack([BAD])).rules == direct, "the engine exempts the same"
    return direct


def test_an_exemption_in_force_spares_its_object() -> None:
    assert found(row()) == set(), "the row names policy, kind, namespace and name"
    assert found(row(expires=TODAY)) == set(), "the last day counts"


def test_an_exemption_of_another_object_spares_nothing_and_is_unused() -> None:
    expected = {("service-exposure", "type"), ("exemptions", "unused")}
    assert found(row("web")) == expected, "another name is another object"
    assert found(row(policy="allowed-ports")) == expected, "another policy is another rule"


def test_an_expired_exemption_spares_nothing_and_is_reported() -> None:
    expected = {("service-exposure", "type"), ("exemptions", "expired")}
    assert found(row(expires=date(2026, 11, 20))) == expected, "an exception has an end"


def test_the_rows_in_force_have_a_reason_and_a_policy_that_exists() -> None:
    assert all(one.reason for one in EXEMPTIONS), "each exception says why"
