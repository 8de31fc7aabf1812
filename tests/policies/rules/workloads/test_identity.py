"""The identity of pods: users, groups and accounts."""

from __future__ import annotations

import pytest

from quadrant_platform.policies.configuration.config import Config
from tests.policies.builders import REMOVE, UNKNOWN, Manifest, changed, workload
from tests.policies.cases import INIT, OWN, POD, PodCase, breaks, ephemeral, keeps
from tests.policies.judging import engine_rules, rules

CASES = (
    breaks(f"{POD}/runAsUser", 999, "high-uid-gid/runAsUser"),
    breaks(f"{POD}/runAsGroup", 0, "high-uid-gid/runAsGroup"),
    breaks(f"{POD}/runAsGroup", REMOVE, "high-uid-gid/runAsGroup"),
    breaks(f"{POD}/fsGroup", 999, "high-uid-gid/fsGroup"),
    breaks(f"{POD}/supplementalGroups", [20000, 0], "high-uid-gid/supplementalGroups"),
    breaks(f"{INIT}/securityContext/runAsUser", 70, "high-uid-gid/runAsUser"),
    breaks("ephemeralContainers", ephemeral(runAsGroup=5), "high-uid-gid/runAsGroup"),
    breaks(f"{POD}/runAsUser", UNKNOWN, "run-as-non-root/unknown", "high-uid-gid/unknown"),
    keeps(f"{OWN}/runAsUser", 10000),
    breaks("serviceAccountName", REMOVE, "service-account/account"),
    breaks("serviceAccountName", "default", "service-account/account"),
    breaks("automountServiceAccountToken", REMOVE, "service-account/token"),
    breaks("automountServiceAccountToken", True, "service-account/token"),
    breaks("automountServiceAccountToken", UNKNOWN, "service-account/unknown"),
    breaks("serviceAccountName", UNKNOWN, "service-account/unknown"),
)

POD_SPEC = "spec/template/spec"
CALLER = changed(workload("operator"), f"{POD_SPEC}/automountServiceAccountToken", True)
POSTGRES = changed(workload(), f"{POD_SPEC}/containers/0/image", "postgres:17.6")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_change_breaks_exactly_its_rules(case: PodCase) -> None:
    assert rules(case.manifest) == case.rules, "the direct check finds what the case names and nothing else"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_engine_sees_the_same_rules_broken(case: PodCase) -> None:
    assert engine_rules(case.manifest) == case.rules, "proxies, floats and unknowns change nothing"


@pytest.mark.parametrize(("manifest", "config", "found"), [
    (CALLER, Config(), {("service-account", "token")}),
    (CALLER, Config(token_accounts=frozenset({"operator"})), set()),
    (CALLER, Config(token_accounts=frozenset({"shop-backend/operator"})), set()),
    (CALLER, Config(token_accounts=frozenset({"shop-frontend/operator"})), {("service-account", "token")}),
    (changed(workload(), f"{POD_SPEC}/securityContext/runAsUser", 999), Config(lowest_id=0), set()),
    (changed(POSTGRES, f"{POD_SPEC}/securityContext/runAsUser", 999), Config(), set()),
])  # fmt: skip
def test_a_platform_decides_what_may_be_disputed(
    manifest: Manifest, config: Config, found: set[tuple[str, str]]
) -> None:
    assert rules(manifest, config=config) == found, "a switch, with a default that is written down"
