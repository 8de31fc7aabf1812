"""Alerting rules whose words are the seeds'; whether they fire at the right time is tested with Prometheus' own tool.

These tests prove no row alone: the rows demand an evaluation.
"""

from collections.abc import Iterator

import pytest

from tests.demands.rendered import STAGES, manifests
from tests.stacks import Manifest

PHASE4, MOTOVAULT = "motovault-phase4", "motovault"
STATED = {
    "HighFailedLoginAttempts": ("rate(motovault_failed_login_attempts_total[5m]) > 10", "warning"),
    "SuspiciousNetworkActivity": (
        'rate(container_network_receive_bytes_total{namespace="motovault"}[5m]) > 1e8', "critical",
    ),
}  # fmt: skip
POINTS = {
    "ServiceDiscoveryFailing", "NetworkIsolationIncomplete", "CertificateExpiring", "MobileHostsNotCovered",
    "DatabaseUnreachable", "PlatformApiAuthenticationFailing",
}  # fmt: skip


def rules(system: str, stage: str) -> Iterator[tuple[str, Manifest]]:
    """The alerting rules of a stack, each with its group."""
    for one in manifests(system, stage):
        if one["kind"] == "PrometheusRule":
            for group in one["spec"]["groups"]:
                yield from ((group["name"], rule) for rule in group["rules"] if "alert" in rule)


@STAGES
@pytest.mark.parametrize("name", STATED)
def test_a_rule_of_the_seed_is_there_word_for_word(stage: str, name: str) -> None:
    """X-47: the stated rule is kept, and there is another on refused logins."""
    expression, severity = STATED[name]
    ((group, rule),) = [(group, rule) for group, rule in rules(PHASE4, stage) if rule["alert"] == name]
    assert group == "security.rules", "in the seed's group"
    assert rule["expr"] == expression, "with the seed's expression"
    assert rule["labels"]["severity"] == severity, "and the seed's severity"
    assert "for" not in rule, "the seed waits for nothing"


@STAGES
def test_refused_logins_have_a_rule_of_their_own(stage: str) -> None:
    """X-47: the login limit keeps failed logins below ten a second, so refusals are counted too."""
    ((_, rule),) = [found for found in rules(PHASE4, stage) if found[1]["alert"] == "LoginLimitExceeded"]
    assert 'code="429"' in rule["expr"], "the answer to too many requests"


@STAGES
def test_each_monitored_point_has_one_alert(stage: str) -> None:
    names = [rule["alert"] for _, rule in rules(MOTOVAULT, stage)]
    assert set(names) >= POINTS, "the six points of the seed"
    assert all(names.count(point) == 1 for point in POINTS), "and one alert each"


@STAGES
@pytest.mark.parametrize("system", ["motovault", "motovault-phase4", "pinky-promise", "carbon254", "agents"])
def test_every_alert_says_how_bad_it_is_and_what_to_do(system: str, stage: str) -> None:
    for _, rule in rules(system, stage):
        assert rule["labels"]["severity"] in {"critical", "warning", "info"}, f"{rule['alert']} has one of three"
        assert rule["annotations"]["summary"], f"{rule['alert']} states what is wrong"
        assert rule["annotations"]["runbook_url"].startswith("docs/runbooks/"), (
            f"{rule['alert']} names the page on what to do"
        )
