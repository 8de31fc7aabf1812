"""The capacity that containers take: CPU, memory and disk."""

from __future__ import annotations

import pytest

from quadrant_platform.policies.configuration.config import Config
from quadrant_platform.policies.configuration.pod_switches import Ceiling
from tests.policies.builders import REMOVE, UNKNOWN, Manifest, changed, workload
from tests.policies.cases import INIT, MAIN, PodCase, breaks, ephemeral, keeps
from tests.policies.judging import engine_rules, rules
from tests.policies.servicer import Pack

CASES = (
    *(
        breaks(f"{container}/resources/{side}/{resource}", value, f"requests-and-limits/{side}.{resource}")
        for container in (MAIN, INIT) for side in ("requests", "limits") for resource in ("cpu", "memory")
        for value in (REMOVE, 0)
    ),
    breaks(f"{MAIN}/resources/limits/memory", UNKNOWN, "requests-and-limits/unknown", "tier-ceilings/unknown"),
    keeps("ephemeralContainers", ephemeral()),
    keeps("resources", {"limits": {"memory": "1Gi"}}),
    breaks(f"{MAIN}/resources/limits/cpu", "96", "tier-ceilings/max", "tier-ceilings/ratio"),
    breaks(f"{INIT}/resources/limits/memory", "2Gi", "tier-ceilings/ratio"),
    breaks(f"{MAIN}/resources/requests/memory", "1Ti", "tier-ceilings/max"),
    breaks(f"{MAIN}/resources/limits/cpu", "2.5", "tier-ceilings/ratio"),
    keeps(f"{MAIN}/resources/limits/cpu", "1600m"),
    keeps(f"{MAIN}/resources/limits/memory", 1e9),
    breaks(f"{MAIN}/resources/limits/ephemeral-storage", REMOVE, "tier-ceilings/ephemeral-storage"),
    breaks(f"{INIT}/resources/requests/ephemeral-storage", REMOVE, "tier-ceilings/ephemeral-storage"),
    breaks(f"{MAIN}/resources/limits/ephemeral-storage", "1Ti", "tier-ceilings/max"),
    breaks("volumes/0", {"name": "v", "emptyDir": {}}, "tier-ceilings/emptyDir"),
    breaks("volumes/0", {"name": "v"}, "tier-ceilings/emptyDir"),
    breaks("volumes/0", {"name": "v", "emptyDir": {"medium": "Memory", "sizeLimit": "200Gi"}}, "tier-ceilings/max"),
    breaks("volumes/0", {"name": "v", "emptyDir": {"sizeLimit": UNKNOWN}}, "tier-ceilings/unknown"),
    keeps("volumes/0", {"name": "v", "emptyDir": {"sizeLimit": "200Gi"}}),
    keeps("volumes/0", {"name": "v", "configMap": {"name": "c"}}),
)  # fmt: skip

POD_SPEC = "spec/template/spec"
CPU_FREE = changed(
    changed(workload(), f"{POD_SPEC}/containers/0/resources/limits/cpu", REMOVE), f"{POD_SPEC}/initContainers", []
)

CPU_LIMIT = ("requests-and-limits", "limits.cpu")
BARE = changed(workload(), f"{POD_SPEC}/containers/0/resources", {"requests": {"ephemeral-storage": "1Gi"},
                                                              "limits": {"ephemeral-storage": "1Gi"}})  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_change_breaks_exactly_its_rules(case: PodCase) -> None:
    assert rules(case.manifest) == case.rules, "the direct check finds what the case names and nothing else"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_engine_sees_the_same_rules_broken(case: PodCase) -> None:
    assert engine_rules(case.manifest) == case.rules, "proxies, floats and unknowns change nothing"


@pytest.mark.parametrize(("manifest", "config", "found"), [
    (CPU_FREE, Config(), {CPU_LIMIT}),
    (CPU_FREE, Config(cpu_limits="optional"), set()),
    (CPU_FREE, Config(cpu_limits="forbidden"), set()),
    (workload(), Config(cpu_limits="forbidden"), {CPU_LIMIT}),
    (BARE, Config(limit_range_namespaces=frozenset({"shop-backend"})), set()),
    (workload(), Config(ceilings={"other": Ceiling(cpu="500m")}), {("tier-ceilings", "max")}),
    (workload(), Config(ceilings={"1": Ceiling(cpu="500m")}), set()),
    (workload(), Config(ceilings={"other": Ceiling(ratio=4)}), {("tier-ceilings", "ratio")}),
])  # fmt: skip
def test_a_platform_decides_what_may_be_disputed(
    manifest: Manifest, config: Config, found: set[tuple[str, str]]
) -> None:
    assert rules(manifest, config=config) == found, "a switch, with a default that is written down"


def test_a_tier_has_a_ceiling_of_its_own() -> None:
    small = workload()
    small["spec"]["template"]["metadata"]["labels"]["quadrant.dev/tier"] = "3"
    config = Config(ceilings={"3": Ceiling(memory="100Mi"), "other": Ceiling()})
    assert rules(small, config=config) == {("tier-ceilings", "max")}, "its label names it"
    pack = Pack()
    pack.configure("tier-ceilings", ceilings={"3": {"memory": "100Mi"}})
    assert pack.analyze(small).rules == {("tier-ceilings", "max")}, "the engine passes it on"


def test_bounds_of_the_whole_pod_count_for_its_containers() -> None:
    bounds = {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "1", "memory": "1Gi"}}
    assert rules(changed(BARE, f"{POD_SPEC}/resources", bounds)) == set(), "they share what the pod has"


@pytest.mark.demand("WRK-10")
@pytest.mark.parametrize("resource", ["cpu", "memory"])
def test_a_container_without_a_limit_is_refused(resource: str) -> None:
    pod = changed(workload(), f"spec/template/spec/containers/0/resources/limits/{resource}", REMOVE)
    assert rules(pod) == {("requests-and-limits", f"limits.{resource}")}, "both limits are enforced"
