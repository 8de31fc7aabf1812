"""Policies on objects other than pods: what passes and what fails, here and in the engine."""

from __future__ import annotations

from typing import Any

import pytest

from quadrant_platform.policies.core.policy import ResourcePolicy
from quadrant_platform.policies.pack import POLICIES, check
from tests.policies import governance_cases
from tests.policies.builders import Manifest, changed, service, workload
from tests.policies.object_cases import ALL, DASHBOARD, EGRESS, EXPOSURE, NGINX, PUBLIC, READ, Case, role
from tests.policies.servicer import Pack

PACK = Pack()


def rules(manifest: Manifest) -> set[tuple[str, str]]:
    """The rules that the object breaks by itself; those of the whole stack have tests of their own."""
    single = {name for name, policy in POLICIES.items() if isinstance(policy, ResourcePolicy)}
    return {(found.policy, found.check) for found in check([manifest]) if found.policy in single}


@pytest.mark.parametrize(
    "case",
    [*ALL, *governance_cases.ALL],
    ids=lambda case: f"{case.manifest['kind']}-{'-'.join(case.rules) or 'passes'}",
)
def test_an_object_breaks_exactly_its_rules(case: Case) -> None:
    assert rules(case.manifest) == case.expected, "the direct check finds what the case names and nothing else"
    assert PACK.analyze(case.manifest).rules == case.expected, "the engine sees the same"


@pytest.mark.demand("NET-17")
@pytest.mark.parametrize("case", EXPOSURE[3:])
def test_nothing_but_traefik_is_exposed(case: Case) -> None:
    assert {policy for policy, _ in rules(case.manifest)} == {"service-exposure"}, "there is no bypass"


@pytest.mark.demand("NET-17")
@pytest.mark.parametrize(("path", "value"), [("hostNetwork", True), ("containers/0/ports/0/hostPort", 3001)])
def test_no_pod_is_exposed_on_its_node(path: str, value: Any) -> None:
    found = rules(changed(workload(), f"spec/template/spec/{path}", value))
    assert found <= {("no-host-namespaces", "hostNamespaces"), ("no-host-ports", "hostPorts")}, "only this is wrong"
    assert found, "a port of the node bypasses Traefik"


@pytest.mark.demand("NET-27")
def test_only_the_ingress_service_is_public() -> None:
    assert rules(service("traefik", **PUBLIC)) == set(), "80 and 443 of the load balancer are open"
    assert rules(service("app", **PUBLIC)), "no other Service has a load balancer"
    assert rules(service("traefik", **DASHBOARD)), "and no other port is open on it"


@pytest.mark.demand("SEC-08")
def test_traefik_may_only_read_the_api() -> None:
    for verb in ("create", "update", "patch", "delete", "deletecollection", "*"):
        found = rules(role("traefik", {**READ, "verbs": ["get", verb]}))
        assert ("read-only-traefik", "verbs") in found, f"{verb} writes"
    assert rules(role("traefik", READ)) == set(), "get, list and watch are enough"
    socket = changed(workload(), "spec/template/spec/volumes/0", {"name": "v", "hostPath": {"path": "/run/x.sock"}})
    assert ("volume-types", "hostPathVolumes") in rules(socket), "the container runtime's socket is out of reach"


@pytest.mark.demand("ING-03")
@pytest.mark.parametrize("case", [case for case in NGINX if case.rules])
def test_no_nginx_ingress_stands_beside_traefik(case: Case) -> None:
    assert {policy for policy, _ in rules(case.manifest)} == {"no-nginx-ingress"}, "Traefik is the only ingress"


@pytest.mark.demand("NET-04")
@pytest.mark.parametrize("case", [case for case in EGRESS if case.rules])
def test_no_workload_is_attached_to_a_segment_called_egress(case: Case) -> None:
    assert ("no-egress-segment", "") in rules(case.manifest), "external calls leave through Traefik"


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
