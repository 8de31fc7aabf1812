"""The views of a stack: what cannot be read or known stops the deployment."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.policies import shop
from tests.policies.builders import UNKNOWN, Manifest, replaced
from tests.policies.judging import broken

BAD_BLOCK: Manifest = {"ipBlock": {"cidr": "10.0.0.0/99"}}

Stack = list[Manifest]


@pytest.mark.parametrize(
    "damage",
    [
        lambda stack: replaced(stack, "ConfigMap", "quadrant-matrix", "data", {"matrix.json": "{"}),
        lambda stack: replaced(stack, "ConfigMap", "quadrant-matrix", "data", {"matrix.json": '{"schema": 2}'}),
        lambda stack: replaced(stack, "ConfigMap", "quadrant-matrix", "data", {}),
        lambda stack: replaced(stack, "NetworkPolicy", "db", "spec/ingress", "all"),
        lambda stack: replaced(stack, "NetworkPolicy", "db", "spec/ingress", [{"from": [{}]}]),
        lambda stack: replaced(stack, "NetworkPolicy", "db", "spec/ingress", [{"from": [BAD_BLOCK]}]),
    ],
)
def test_what_cannot_be_read_stops_the_deployment(damage: Callable[[Stack], Stack]) -> None:
    stack = damage(shop.stack())
    assert ("well-formed", "type") in broken(stack), "a matrix or a rule that cannot be read is no excuse"


def test_an_unknown_rule_must_be_known_at_preview() -> None:
    stack = replaced(shop.stack(), "NetworkPolicy", "db", "spec/ingress", UNKNOWN)
    assert ("matrix-present", "unknown") in broken(stack), "isolation cannot be proved without it"
