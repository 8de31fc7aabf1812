"""The analyzers, on a system small enough to check by hand: they agree, and every planted defect moves them."""

from collections.abc import Callable

import pytest

from quadrant_platform.reachability import Connection
from tests.oracles import cyclonus, nca
from tests.oracles.answers import of_matrix, of_model
from tests.oracles.defects import DEFECTS, Plant
from tests.oracles.fixture import Manifest, manifests, matrix
from tests.oracles.questions import Questions, ask

pytestmark = pytest.mark.oracle

Analyzer = Callable[[Questions], set[Connection]]
ANALYZERS = {"model": of_model, "nca": nca.allowed, "cyclonus": cyclonus.allowed}


def redis_with(**spec: object) -> list[Manifest]:
    """The fixture with one more policy on redis and two workloads that declare a named port."""
    extra: Manifest = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "extra", "namespace": "shop-data"},
        "spec": {"podSelector": {"matchLabels": {"app": "redis"}}, **spec},
    }
    container = {"name": "main", "ports": [{"containerPort": 9121, "name": "metrics"}]}
    template = {"metadata": {"labels": {"app": "redis"}}, "spec": {"containers": [container]}}
    workload: Manifest = {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "redis", "namespace": "shop-data"},
        "spec": {"template": template},
    }
    return [*manifests(), extra, workload]


ODDITIES = {
    "named port": redis_with(ingress=[{"from": [{"namespaceSelector": {}}], "ports": [{"port": "metrics"}]}]),
    "default types": redis_with(egress=[{"to": [{"podSelector": {}}]}]),
    "whole protocol": redis_with(ingress=[{"from": [{"namespaceSelector": {}}], "ports": [{"protocol": "UDP"}]}]),
    "no ports for everybody": redis_with(ingress=[{}]),
    "address within the pods' range": redis_with(
        policyTypes=["Egress"], egress=[{"to": [{"ipBlock": {"cidr": "10.244.0.0/16"}}], "ports": [{"port": 443}]}]
    ),
}


@pytest.mark.usefixtures("nca_tool", "cyclonus_tool")
def test_all_analyzers_find_exactly_the_rows() -> None:
    questions = ask(manifests(), matrix())
    rows = of_matrix(questions, matrix())
    for name, allowed in ANALYZERS.items():
        assert allowed(questions) == rows, f"{name} must allow the rows and nothing else"


@pytest.mark.usefixtures("nca_tool", "cyclonus_tool")
@pytest.mark.parametrize("plant", DEFECTS.values(), ids=DEFECTS)
def test_every_analyzer_notices_a_planted_defect(plant: Plant) -> None:
    planted = manifests()
    plant(planted)
    questions = ask(planted, matrix())
    rows = of_matrix(questions, matrix())
    answers = {name: allowed(questions) for name, allowed in ANALYZERS.items()}
    blind = [name for name, answer in answers.items() if answer == rows]
    assert not blind, f"{blind} did not see the defect"
    assert answers["model"] == answers["nca"] == answers["cyclonus"], "they must agree on what it changes"


@pytest.mark.usefixtures("nca_tool", "cyclonus_tool")
@pytest.mark.parametrize("unusual", ODDITIES.values(), ids=ODDITIES)
def test_analyzers_agree_on_what_our_own_policies_never_use(unusual: list[Manifest]) -> None:
    questions = ask(unusual, matrix())
    answers = {name: allowed(questions) for name, allowed in ANALYZERS.items()}
    assert answers["model"] == answers["nca"] == answers["cyclonus"], "the evaluator is right beyond our own output"


def test_questions_cover_both_families_and_the_metadata_addresses() -> None:
    asked = set(ask(manifests(), matrix()).addresses)
    assert {"169.254.169.254", "fd00:ec2::254", "203.0.113.10", "2001:db8::10"} <= asked, "probes are always asked"
    assert {"10.96.0.1", "192.168.7.0"} <= asked, "every network of a row is asked about"
