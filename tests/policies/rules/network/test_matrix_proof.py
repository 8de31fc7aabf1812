"""The rules allow what the matrix declares."""

from __future__ import annotations

from typing import Any

import pytest

from tests.policies import builders, shop
from tests.policies.builders import Manifest, find, replaced
from tests.policies.judging import broken, found_in


@pytest.mark.parametrize(("name", "direction", "check"), [("db", "ingress", "ingress"), ("api", "egress", "egress")])
def test_a_rule_at_one_end_only_is_refused(name: str, direction: str, check: str) -> None:
    stack = shop.with_rules(name, direction, [])
    assert ("symmetric-rules", check) in broken(stack), "a connection needs both ends"
    texts = " ".join(one.message for one in found_in(stack, "symmetric-rules"))
    assert "shop-backend/api -> shop-database/db 5432/TCP" in texts, "the message names the connection"


def test_a_refused_row_of_the_matrix_is_found() -> None:
    stack = shop.with_rules("db", "ingress", [])
    found = found_in(stack, "reachability-equals-matrix")
    assert [(one.check, one.message) for one in found] == [
        ("missing", "shop-backend/api -> shop-database/db 5432/TCP is declared but refused"),
    ], "exactly the connection that is gone"  # fmt: skip


@pytest.mark.parametrize("rule", [
    shop.ingress_rule("shop-frontend", "traefik", 5432),
    {"from": [], "ports": [{"protocol": "TCP", "port": 5432}]},
    {"from": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "ports": [{"protocol": "TCP", "port": 5432}]},
    {"from": [{"ipBlock": {"cidr": "::/0"}}], "ports": [{"protocol": "TCP", "port": 5432}]},
])  # fmt: skip
def test_an_undeclared_way_to_the_database_is_found(rule: Manifest) -> None:
    stack = shop.with_rules("db", "ingress", [shop.ingress_rule("shop-backend", "api", 5432), rule])
    open_egress: list[Manifest] = [{}]
    stack = replaced(stack, "NetworkPolicy", "traefik", "spec/egress", open_egress)
    assert ("reachability-equals-matrix", "excess") in broken(stack), "v4, v6 and pods alike"


def test_a_rule_without_ports_is_more_than_its_row() -> None:
    stack = shop.stack()
    for name, direction in (("api", "egress"), ("db", "ingress")):
        rules = find(stack, "NetworkPolicy", name)["spec"][direction]
        rules = [{key: value for key, value in rule.items() if key != "ports"} for rule in rules]
        stack = replaced(stack, "NetworkPolicy", name, f"spec/{direction}", rules)
    assert ("reachability-equals-matrix", "excess") in broken(stack), "all ports are not the declared one"


@pytest.mark.parametrize(
    ("row", "check"),
    [
        (("internet", "shop-backend/api", "TCP", 3001), "entry"),
        (("shop-backend/api", "internet", "TCP", 443), "exit"),
        (("shop-frontend/traefik", "internet", "TCP", 443), "exit"),
    ],
)
def test_a_second_way_in_or_out_is_refused_even_if_declared(row: Any, check: str) -> None:
    stack = shop.stack(shop.matrix((*shop.ROWS, row)))
    expected = {("one-entry-one-exit", check), ("netpol-hygiene", "world")}
    assert broken(stack) == expected, "rules and matrix agree, and it is still wrong"


def test_a_second_public_service_is_refused() -> None:
    stack = [*shop.stack(), builders.service("traefik", "backend", type="LoadBalancer", ports=[{"port": 443}])]
    assert ("one-entry-one-exit", "entry") in broken(stack), "its name alone does not make it the entry"
