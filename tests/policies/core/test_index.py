"""The views of a stack: what cannot be read or known stops the deployment."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from quadrant_platform.policies.configuration.config import Config
from quadrant_platform.policies.core import Object, StackIndex
from quadrant_platform.reachability import Selector
from tests.policies import shop
from tests.policies.builders import UNKNOWN, Manifest, changed, obj, replaced, workload
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


@pytest.mark.parametrize(("selector", "selected"), [
    ({"cnpg.io/cluster": "db"}, True),
    ({"cnpg.io/cluster": "db", "cnpg.io/instanceRole": "primary"}, True),
    ({"cnpg.io/cluster": "db", "role": "replica"}, True),
    ({"cnpg.io/cluster": "bd"}, False),
    ({"cnpg.io/cluster": "db", "cnpg.io/instanceRole": "first"}, False),
    ({"app": "db"}, False),
    ({"team": "ledger"}, True),
])  # fmt: skip
def test_a_selector_may_be_for_pods_that_an_operator_makes(selector: dict[str, str], selected: bool) -> None:
    spec = {"inheritedMetadata": {"labels": {"team": "ledger"}}}
    stack = StackIndex((Object(obj("postgresql.cnpg.io/v1", "Cluster", "db", "database", spec=spec)),), Config())
    found = stack.may_be_made(Selector(frozenset(selector.items())), "shop-database")
    assert found is selected, "the labels that CloudNativePG's documentation gives, and those that it inherits"
    assert not stack.may_be_made(Selector(frozenset(selector.items())), "shop-backend"), "in its own namespace"


def test_what_controllers_make_is_there() -> None:
    annotations = {"cert-manager.io/cluster-issuer": "letsencrypt"}
    claims = [{"metadata": {"name": "data"}}]
    stack = StackIndex(tuple(Object(one) for one in (
        obj("networking.k8s.io/v1", "Ingress", "web", metadata={"annotations": annotations},
            spec={"tls": [{"secretName": "web-tls"}]}),
        changed(workload("db", "frontend", kind="StatefulSet"), "spec/volumeClaimTemplates", claims),
        obj("acid.zalan.do/v1", "postgresql", "ledger", spec={"users": {"app_owner": []}}),
        {"apiVersion": "trust.cert-manager.io/v1alpha1", "kind": "Bundle", "metadata": {"name": "roots"}},
    )), Config())  # fmt: skip
    wanted = (
        ("Secret", "web-tls"), ("PersistentVolumeClaim", "data-db-3"), ("ConfigMap", "roots"),
        ("Secret", "app-owner.ledger.credentials.postgresql.acid.zalan.do"),
    )  # fmt: skip
    assert all(stack.is_made(kind, "shop-frontend", name) for kind, name in wanted), "each is documented"
    assert not stack.is_made("Secret", "shop-frontend", "web-tis"), "and nothing else is"
