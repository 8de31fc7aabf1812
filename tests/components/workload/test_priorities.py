"""Priorities: who keeps its place in a full cluster."""

from quadrant_platform.components.workload.priorities import VALUES, Priorities
from quadrant_platform.components.workload.service import Service
from quadrant_platform.model.expansion.plan import plan
from quadrant_platform.model.expansion.planned import LEVEL_OF_TIER
from tests.components.sample import environment, one, planned, pod_spec, without

EVERYTHING_BUT_SERVICES = (
    "jobs", "databases", "externalDatabases", "poolers", "caches", "objectStores", "brokers", "externalApis", "edge",
)  # fmt: skip


def test_a_class_is_the_systems_own() -> None:
    names = [found["metadata"]["name"] for found in Priorities.manifests(planned())]
    assert names == ["shop-critical", "shop-important", "shop-supporting"], "classes are cluster-wide, so names differ"


def test_critical_pods_come_before_important_and_supporting_ones() -> None:
    values = [found["value"] for found in Priorities.manifests(planned())]
    assert values == sorted(VALUES.values(), reverse=True), "the scheduler compares the numbers"
    assert max(values) < 1_000_000_000, "numbers above are the cluster's own"


def test_no_class_is_the_default_of_the_cluster() -> None:
    assert not [found for found in Priorities.manifests(planned()) if found["globalDefault"]], (
        "others' pods are not ours"
    )


def test_only_classes_that_a_workload_names_are_made() -> None:
    some = plan(without(*EVERYTHING_BUT_SERVICES), environment())
    names = {found["metadata"]["name"] for found in Priorities.manifests(some)}
    assert names == {"shop-critical", "shop-important"}, "services of tiers 1 and 2 and nothing else"


def test_a_tier_decides_unless_a_priority_is_declared() -> None:
    for name, changes, expected in (
        ("api", {}, "critical"),
        ("web", {}, "important"),
        ("web", {"priority": "supporting"}, "supporting"),
    ):
        some = planned(changes={"services": {name: changes}})
        found = one(Service.manifests(some.services[name]), "Deployment")
        assert pod_spec(found)["priorityClassName"] == f"shop-{expected}", f"{name} with {changes}"


def test_every_tier_has_a_level() -> None:
    assert set(LEVEL_OF_TIER) == {1, 2, 3}, "a pod without class is evicted first"
    assert list(LEVEL_OF_TIER.values()) == list(VALUES), "by importance"
