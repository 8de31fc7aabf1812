"""Names inside the cluster for addresses outside of it."""

from __future__ import annotations

import pytest

from quadrant_platform.policies.configuration.config import Config
from tests.policies.builders import REMOVE, changed, obj, replaced, service
from tests.policies.consistent import Change, tidy
from tests.policies.judging import consistency

CHANGES = (
    Change("external-names/ExternalName", "an alias of a host outside", "Service", "spec",
           {"type": "ExternalName", "externalName": "bank.example.com", "ports": [{"name": "http", "port": 80}]}),
)  # fmt: skip


@pytest.mark.parametrize("case", CHANGES, ids=str)
def test_a_change_of_a_consistent_set_breaks_exactly_its_rule(case: Change) -> None:
    assert consistency(case.applied(tidy())) == case.expected, case.about


def test_a_host_alias_of_a_service_of_the_stack_is_no_alias_of_the_outside() -> None:
    aliases = [{"ip": "10.96.0.41", "hostnames": ["api.bank.example"]}]
    stack = replaced(tidy(), "Deployment", "api", "spec/template/spec/hostAliases", aliases)
    assert consistency(stack) == {("external-names", "hostAliases")}, "no Service has the address"
    stack = replaced(stack, "Service", "api", "spec/clusterIP", "10.96.0.41")
    assert consistency(stack) == set(), "now it is the way out of every workload"


@pytest.mark.parametrize("listed", ["203.0.113.7", "203.0.113.0/24"])
def test_a_service_by_hand_leads_where_the_platform_lists(listed: str) -> None:
    outside = changed(service("bank", "backend"), "spec/selector", REMOVE)
    labels = {"kubernetes.io/service-name": "bank"}
    slices = obj("discovery.k8s.io/v1", "EndpointSlice", "bank-1", "backend", metadata={"labels": labels},
                 endpoints=[{"addresses": ["203.0.113.7"]}])  # fmt: skip
    assert consistency([*tidy(), outside, slices]) == {("external-names", "selector")}, "the address is not declared"
    assert consistency([*tidy(), outside]) == {("external-names", "selector")}, "nor has it an address"
    config = Config(external_names=frozenset({listed}))
    assert consistency([*tidy(), outside, slices], config) == set(), "the platform lists it"
