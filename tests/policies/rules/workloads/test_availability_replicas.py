"""Copies of a workload: their number and their nodes, advice for most and a must for the critical ones."""

from __future__ import annotations

from typing import Any

import pytest

from quadrant_platform.policies.configuration.config import Config
from quadrant_platform.policies.pack import check
from tests.policies import shop
from tests.policies.builders import REMOVE, UNKNOWN, Manifest, changed, namespace, obj, replaced, workload
from tests.policies.servicer import Pack

ADVICE, MUST = "replicas-and-spread", "critical-replicas-and-spread"
SPREAD = "spec/template/spec/topologySpreadConstraints"
TERM = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app.kubernetes.io/name": "api"}}}
PREFERRED = [{"weight": 1, "podAffinityTerm": TERM}]
ANTI_AFFINITY = {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": PREFERRED}}


def found(*manifests: Manifest, config: Config | None = None) -> set[tuple[str, str]]:
    return {(one.policy, one.check) for one in check(manifests, config) if one.policy in {ADVICE, MUST}}


def copies(number: Any, kind: str = "Deployment", tier: str | None = None) -> Manifest:
    made = changed(workload(kind=kind), "spec/replicas", number)
    if tier:
        made["spec"]["template"]["metadata"]["labels"]["quadrant.dev/tier"] = tier
    return made


def autoscaler(least: int | None) -> Manifest:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "api"}
    spec = {"scaleTargetRef": target, "maxReplicas": 5} | ({"minReplicas": least} if least else {})
    return obj("autoscaling/v2", "HorizontalPodAutoscaler", "api", "backend", spec=spec)


def test_a_single_copy_is_reported_by_its_tier() -> None:
    assert found(copies(1)) == {(ADVICE, "replicas")}, "advice, where nothing marks it as critical"
    assert found(copies(1, tier="2")) == {(ADVICE, "replicas")}, "nor is a lower tier"
    assert found(copies(1, tier="1")) == {(MUST, "replicas")}, "what is critical must survive its node"
    assert found(copies(1, tier="2"), config=Config(critical_tiers=frozenset({"1", "2"}))) == {(MUST, "replicas")}, (
        "the platform decides which are critical"
    )
    levels = {one.policy: one.level for one in check([copies(1), changed(copies(1, tier="1"), "metadata/name", "b")])}
    assert (levels[ADVICE], levels[MUST]) == ("advisory", "mandatory"), "one warns, the other stops the deployment"


@pytest.mark.parametrize("number", [0, 2, 5])
def test_no_copy_and_several_are_enough(number: int) -> None:
    assert found(copies(number)) == set(), "what is switched off on purpose cannot fail"


def test_copies_that_may_share_a_node_are_reported() -> None:
    together = changed(copies(2), SPREAD, REMOVE)
    assert found(together) == {(ADVICE, "spread")}, "they die together"
    assert found(changed(together, "spec/template/spec/affinity", ANTI_AFFINITY)) == set(), "either rule will do"
    store = changed(copies(3, "StatefulSet"), SPREAD, REMOVE)
    assert found(store) == {(ADVICE, "spread")}, "so do the members of a store"


def test_a_store_decides_itself_how_many_it_is() -> None:
    assert found(copies(1, "StatefulSet")) == set(), "a second pod is no replica unless its program makes it one"


def test_the_autoscalers_minimum_counts() -> None:
    bare = workload()
    assert found(bare, autoscaler(2)) == set(), "it leaves two"
    assert found(bare, autoscaler(None)) == {(ADVICE, "replicas")}, "its own default is one"
    assert found(bare) == set(), "an autoscaler may be in manifests that are not here"
    assert found(bare, namespace("backend")) == {(ADVICE, "replicas")}, "all manifests are here, and no autoscaler is"


def test_a_stack_in_development_has_one_copy_of_each() -> None:
    declared = shop.matrix(environment="dev")
    single = replaced(shop.stack(declared), "Deployment", "api", "spec/replicas", 1)
    assert found(*single) == set(), "a laptop has one node"
    prod = replaced(shop.GOOD, "Deployment", "api", "spec/replicas", 1)
    assert found(*prod) == {(ADVICE, "replicas")}, "production has several"


def test_the_engine_counts_the_copies_too() -> None:
    pack = Pack()
    single = replaced(shop.GOOD, "Deployment", "api", "spec/replicas", 1)
    assert (ADVICE, "replicas") in pack.analyze_stack(single).rules, "it shows whole numbers as fractions"
    unknown = replaced(shop.GOOD, "Deployment", "api", "spec/replicas", UNKNOWN)
    assert {(ADVICE, "unknown"), (MUST, "unknown")} & pack.analyze_stack(unknown).rules, "it must be known"
