"""The identity of pods: users, groups and accounts."""

from __future__ import annotations

import pytest

from quadrant_platform.policies.configuration.config import Config
from quadrant_platform.policies.pack import check
from tests.policies.builders import REMOVE, UNKNOWN, Manifest, changed, obj, workload
from tests.policies.cases import INIT, OWN, POD, PodCase, breaks, ephemeral, keeps
from tests.policies.judging import PACK, Rules, engine_rules, rules
from tests.policies.servicer import as_outputs

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
)
ACCOUNT_CASES = (
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


def of_accounts(stack: list[Manifest], config: Config | None = None) -> Rules:
    """Return what is found of the accounts in a stack."""
    return {(found.policy, found.check) for found in check(stack, config) if found.policy == "service-account"}


@pytest.mark.parametrize("case", ACCOUNT_CASES, ids=str)
def test_a_pod_has_an_account_of_its_own_without_a_token(case: PodCase) -> None:
    assert of_accounts([case.manifest]) == case.rules, "the default account and a token are what an intruder wants"
    answer = PACK.analyze_stack([as_outputs(case.manifest)]).rules
    assert {rule for rule in answer if rule[0] == "service-account"} == case.rules, "the engine sees the same"


@pytest.mark.parametrize(("of_pod", "of_account", "mounted"), [
    (None, False, False), (None, True, True), (None, None, True), (True, False, True), (False, True, False),
])  # fmt: skip
def test_the_account_decides_where_the_pod_says_nothing(
    of_pod: bool | None, of_account: bool | None, mounted: bool
) -> None:
    pod = changed(workload(), f"{POD_SPEC}/automountServiceAccountToken", of_pod)
    account = obj("v1", "ServiceAccount", "api", "backend", automountServiceAccountToken=of_account)
    assert bool(of_accounts([pod, account])) is mounted, "as the admission of service accounts decides"
    elsewhere = changed(account, "metadata/namespace", "shop-frontend")
    assert bool(of_accounts([pod, elsewhere])) is (of_pod is not False), "another namespace has other accounts"


@pytest.mark.parametrize(("listed", "found"), [
    ("", {("service-account", "token")}),
    ("operator", set()),
    ("shop-backend/operator", set()),
    ("shop-frontend/operator", {("service-account", "token")}),
])  # fmt: skip
def test_a_platform_lists_the_accounts_that_call_the_api_server(listed: str, found: Rules) -> None:
    assert of_accounts([CALLER], Config(token_accounts=frozenset({listed}))) == found, "by name or place and name"


@pytest.mark.parametrize(("manifest", "config", "found"), [
    (changed(workload(), f"{POD_SPEC}/securityContext/runAsUser", 999), Config(lowest_id=0), set()),
    (changed(POSTGRES, f"{POD_SPEC}/securityContext/runAsUser", 999), Config(), set()),
])  # fmt: skip
def test_a_platform_decides_what_may_be_disputed(
    manifest: Manifest, config: Config, found: set[tuple[str, str]]
) -> None:
    assert rules(manifest, config=config) == found, "a switch, with a default that is written down"
