"""Ports: where containers listen, and what probes ask."""

from __future__ import annotations

import pytest

from tests.policies.builders import UNKNOWN, init_container, service
from tests.policies.cases import INIT, MAIN, ObjectCase, PodCase, breaks, keeps
from tests.policies.judging import engine_rules, rules

CASES = (
    breaks(f"{MAIN}/ports/0/containerPort", 22, "allowed-ports/container-port", "allowed-ports/probe-port"),
    breaks(f"{INIT}/ports", [{"containerPort": 80}], "allowed-ports/container-port"),
    breaks(INIT, {**init_container(), "restartPolicy": "Always", "ports": [{"name": "http", "containerPort": 3009}]},
           "allowed-ports/port-name"),
    breaks(f"{MAIN}/ports", [{"name": "a", "containerPort": 3001}, {"containerPort": 3002}],
           "allowed-ports/port-name"),
    breaks(f"{MAIN}/ports/0/containerPort", UNKNOWN, "allowed-ports/unknown"),
    breaks(f"{MAIN}/livenessProbe", {"tcpSocket": {"port": 3002}}, "allowed-ports/probe-port"),
    breaks(f"{MAIN}/livenessProbe", {"grpc": {"port": 3002}}, "allowed-ports/probe-port"),
    breaks(f"{MAIN}/livenessProbe", {"httpGet": {"port": "metrics"}}, "allowed-ports/probe-port"),
    keeps(f"{MAIN}/livenessProbe", {"httpGet": {"path": "/live", "port": "http"}}),
    keeps(f"{MAIN}/livenessProbe", {"exec": {"command": ["true"]}}),
)  # fmt: skip

OBJECTS = (
    ObjectCase(service(ports=[{"port": 22, "targetPort": 2222}]), ("allowed-ports/service-port",)),
    ObjectCase(service(ports=[{"port": 80, "targetPort": 80}]), ("allowed-ports/service-port",)),
    ObjectCase(service(ports=[{"port": 80, "targetPort": "http"}])),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_change_breaks_exactly_its_rules(case: PodCase) -> None:
    assert rules(case.manifest) == case.rules, "the direct check finds what the case names and nothing else"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_engine_sees_the_same_rules_broken(case: PodCase) -> None:
    assert engine_rules(case.manifest) == case.rules, "proxies, floats and unknowns change nothing"


@pytest.mark.parametrize("case", OBJECTS, ids=str)
def test_an_object_breaks_exactly_its_rules(case: ObjectCase) -> None:
    assert rules(case.manifest) == case.rules, "the direct check finds what the case names and nothing else"
    assert engine_rules(case.manifest) == case.rules, "the engine sees the same"
