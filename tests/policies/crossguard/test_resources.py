"""The objects behind the engine's resources."""

from __future__ import annotations

from tests.policies import shop
from tests.policies.builders import service
from tests.policies.judging import PACK, rules


def test_the_objects_of_a_list_are_judged_one_by_one() -> None:
    both = {"apiVersion": "v1", "kind": "List", "items": [service(), service(type="NodePort")]}
    assert rules(both) == {("service-exposure", "type")}, "a list hides nothing"
    answer = PACK.analyze({**both, "kind": "ServiceList", "metadata": {"name": "all"}})
    assert ("service-exposure", "type") in answer.rules, "nor does it in the engine"


def test_a_patch_is_judged_like_the_object_that_it_changes() -> None:
    answer = PACK.analyze_as("kubernetes:core/v1:ServicePatch", service(type="NodePort"))
    assert answer.rules == {("service-exposure", "type")}, "a patch is no way around a policy"


def test_resources_of_other_providers_are_not_judged() -> None:
    answer = PACK.analyze_as("random:index/randomPassword:RandomPassword", service(type="NodePort"))
    assert not answer.diagnostics, "a password is no Kubernetes object"


def test_findings_carry_the_place_of_their_object() -> None:
    stack = shop.with_rules("db", "ingress", [])
    urns = {one.urn for one in PACK.analyze_stack(stack).diagnostics}
    assert urns == {"urn:pulumi:dev::shop::kubernetes:core/v1:ConfigMap::shop-frontend/quadrant-matrix"}, (
        "the engine can point at the resource"
    )
