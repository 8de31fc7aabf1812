"""Namespaces: labelled, closed by default, and bounded."""

from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest

from quadrant_platform.components.network.segments import Segments, default_deny, limits, namespace
from quadrant_platform.model.expansion.plan import plan
from quadrant_platform.model.schema.types import Segment
from quadrant_platform.quantities import parse_quantity
from tests.components.sample import Manifest, args, environment, one, planned, pod_spec, registered, without
from tests.stacks import STACKS, of_kind

MODES = ("enforce", "audit", "warn")


def hard(segment: Segment, **changes: object) -> Manifest:
    """The quota's ceilings of a segment."""
    quota = one(limits(planned(), segment), "ResourceQuota")
    ceilings: Manifest = quota["spec"]["hard"]
    return ceilings


@pytest.mark.parametrize("segment", list(Segment))
def test_a_namespace_admits_restricted_pods_only(segment: Segment) -> None:
    labels = namespace(planned(), segment)["metadata"]["labels"]
    for mode in MODES:
        assert labels[f"pod-security.kubernetes.io/{mode}"] == "restricted", f"{mode}: the strictest profile"
        assert labels[f"pod-security.kubernetes.io/{mode}-version"] == "latest", f"{mode}: the cluster's own version"


@pytest.mark.parametrize("segment", list(Segment))
def test_a_namespace_is_labelled_with_its_segment(segment: Segment) -> None:
    labels = namespace(planned(), segment)["metadata"]["labels"]
    found = (labels["quadrant.dev/system"], labels["quadrant.dev/segment"])
    assert found == ("shop", segment.value), "policies find segments by it"


def test_a_systems_own_name_and_labels_are_kept() -> None:
    metadata = namespace(planned(), Segment.BACKEND)["metadata"]
    assert metadata["name"] == "shop-core", "the system names this one itself"
    assert metadata["labels"]["shop.example.com/network"] == "core", "and labels it"


def test_the_default_denies_all_pods_in_both_directions() -> None:
    policy = default_deny("shop-core")
    assert policy["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}, "no rule, so nothing passes"
    assert policy["metadata"]["namespace"] == "shop-core", "a policy holds for its namespace"


@pytest.mark.parametrize("segment", [Segment.BACKEND, Segment.DATABASE, Segment.PLATFORM])
def test_an_internal_namespace_has_no_load_balancer(segment: Segment) -> None:
    ceilings = hard(segment)
    assert (ceilings["services.loadbalancers"], ceilings["services.nodeports"]) == ("0", "0"), "there is no way in"


def test_the_frontend_has_room_for_one_load_balancer() -> None:
    ceilings = hard(Segment.FRONTEND)
    assert ceilings["services.loadbalancers"] == "1", "the public Traefik's"
    assert ceilings["services.nodeports"] == "2", "a load balancer of two ports may allocate two"


def test_a_frontend_without_routes_has_no_load_balancer_either() -> None:
    quota = one(limits(plan(without("edge"), environment()), Segment.FRONTEND), "ResourceQuota")
    assert quota["spec"]["hard"]["services.loadbalancers"] == "0", "nothing is public"


def test_the_quota_admits_every_claim_that_the_stack_has() -> None:
    scaled = {"services": {"worker": {"replicas": {"min": 2, "max": 80, "cpu": 70}}}}
    quota = one(limits(planned("prod", scaled), Segment.BACKEND), "ResourceQuota")
    assert int(quota["spec"]["hard"]["persistentvolumeclaims"]) >= 80, "the last ones would be refused midway"
    assert hard(Segment.BACKEND)["persistentvolumeclaims"] == "50", "a ceiling where there are few"


def test_a_container_that_states_nothing_is_bounded() -> None:
    [bounds] = one(limits(planned(), Segment.BACKEND), "LimitRange")["spec"]["limits"]
    assert bounds["type"] == "Container", "pods are the sum of theirs"
    assert set(bounds["default"]) == set(bounds["defaultRequest"]) == {"cpu", "memory"}, "else the quota refuses it"


def test_limits_wait_for_their_namespace_and_pods_for_its_denial() -> None:
    component: list[Segments] = []
    resources = {one.name: one for one in registered(lambda: component.append(Segments("segments", args(planned()))))}
    made = resources["shop-core"].urn
    for name in ("shop-core/default-deny", "shop-core/quota", "shop-core/limits"):
        assert made in resources[name].dependencies, f"{name} needs its namespace"
    assert set(component[0].context.default_denies) == {
        "shop-frontend",
        "shop-core",
        "shop-database",
        "shop-platform",
    }, "each namespace has a gate"


def test_an_unused_segment_gets_no_namespace() -> None:
    some = plan(without("brokers", "caches"), environment())
    names = {one.name for one in registered(lambda: Segments("segments", args(some)))}
    assert not [name for name in names if "platform" in name], "nothing runs there"


@pytest.mark.parametrize("copies", [60, {"min": 2, "max": 60, "cpu": 70}], ids=["fixed", "autoscaled"])
def test_the_quota_admits_all_copies_and_those_of_a_release(copies: object) -> None:
    changes = {"services": {"api": {"replicas": copies, "resources": {"size": {"cpu": "8", "memory": "16Gi"}}}}}
    ceilings = one(limits(planned("prod", changes), Segment.BACKEND), "ResourceQuota")["spec"]["hard"]
    assert int(ceilings["requests.cpu"]) >= 61 * 4, "a pod requests half of its limit, and a release adds one"
    assert int(ceilings["limits.cpu"]) >= 61 * 8, "all limits count"
    assert ceilings["limits.memory"] == "1Ti" or int(ceilings["limits.memory"].removesuffix("Gi")) >= 61 * 16, "as well"


def test_the_quota_admits_so_many_pods() -> None:
    changes = {"services": {"api": {"replicas": 300}}}
    ceilings = one(limits(planned("prod", changes), Segment.BACKEND), "ResourceQuota")["spec"]["hard"]
    assert int(ceilings["pods"]) >= 301, "pods are counted too"


def test_without_cpu_limits_nothing_sets_one_behind_the_back() -> None:
    """A default limit below a request is refused; a quota on limits asks each pod for one."""
    quota, bounds = limits(planned("prod", overrides={"cpuLimits": False}), Segment.BACKEND)
    assert "cpu" not in bounds["spec"]["limits"][0]["default"], "a pod would get it that asks for more"
    assert "limits.cpu" not in quota["spec"]["hard"], "a pod without a limit would be refused"


@pytest.mark.parametrize(("system", "stage"), STACKS)
def test_the_quota_of_a_stack_admits_what_its_workloads_may_ask_for(system: str, stage: str) -> None:
    """By the rendered objects: each pod template, at the most copies that anything allows, and one more."""
    asked = rendered_demand(system, stage)
    for quota in of_kind(system, stage, "ResourceQuota"):
        for resource, amount in asked[quota["metadata"]["namespace"]].items():
            assert parse_quantity(quota["spec"]["hard"][resource]) >= amount, f"{resource} of {quota['metadata']}"


def rendered_demand(system: str, stage: str) -> dict[str, Counter[str]]:
    """What the pods of each namespace ask for."""
    asked: dict[str, Counter[str]] = defaultdict(Counter)
    scalers = [one["spec"] | one["metadata"] for one in of_kind(system, stage, "HorizontalPodAutoscaler")]
    most = {(one["namespace"], one["scaleTargetRef"]["name"]): one["maxReplicas"] for one in scalers}
    for workload in of_kind(system, stage, "Deployment", "StatefulSet", "CronJob", "Job"):
        place = workload["metadata"]["namespace"], workload["metadata"]["name"]
        copies = 1 + most.get(place, workload["spec"].get("replicas", 1))
        asked[place[0]]["pods"] += copies
        for kind, resource, amount in amounts(workload):
            asked[place[0]][f"{kind}.{resource}"] += copies * amount
    return asked


def amounts(workload: Manifest) -> Iterator[tuple[str, str, float]]:
    """What each container of a pod requests, and its limits."""
    for container in pod_spec(workload)["containers"]:
        for kind, found in container["resources"].items():
            yield from ((kind, resource, parse_quantity(found[resource])) for resource in ("cpu", "memory"))
