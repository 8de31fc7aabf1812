"""What runs a database decides what its port, pooler and passwords may be."""

from __future__ import annotations

from typing import Any

import pytest

from quadrant_platform.model.consistency import problems_with
from quadrant_platform.model.schema.environment import PRESETS, Environment, merged
from quadrant_platform.model.schema.system import System
from quadrant_platform.model.schema.types import Stage

DATABASE = {"segment": "database", "storage": "1Gi", "database": "shop", "user": "shop", "password": "password"}
POOLER = {"segment": "database", "database": "postgres", "defaultPoolSize": 5, "maxDbConnections": 20}


def shop(database: dict[str, Any], pooler: dict[str, Any]) -> System:
    """Return a system of one pooled database."""
    return System.model_validate(
        {
            "name": "shop",
            "databases": {"postgres": DATABASE | database},
            "poolers": {"pgbouncer": POOLER | pooler},
            "secrets": {"password": {"keys": {"password": {"path": "shop/password"}}}},
            "vault": {"role": "shop"},
        }
    )


def problems(stage: Stage, database: dict[str, Any], pooler: dict[str, Any], **overrides: Any) -> list[str]:
    """Return what an environment finds wrong with the system."""
    environment = Environment.model_validate(merged(PRESETS[stage], overrides))
    return [str(problem) for problem in problems_with(shop(database, pooler), environment)]


@pytest.mark.parametrize(
    ("database", "pooler", "overrides", "expected"),
    [
        ({"port": 5433}, {}, {}, "serves 5432 only"),
        ({}, {"segment": "platform"}, {}, "keeps the pooler 'pgbouncer' in the namespace of 'postgres'"),
        ({}, {}, {"secrets": "generated"}, "get their passwords from the vault"),
    ],
    ids=["port", "segment", "secrets"],
)
def test_what_the_operator_cannot_run_is_refused_in_prod_only(
    database: dict[str, Any], pooler: dict[str, Any], overrides: dict[str, Any], expected: str
) -> None:
    found = problems(Stage.PROD, database, pooler, **overrides)
    assert len(found) == 1, "one thing is wrong"
    assert expected in found[0], "the message names what the operator fixes"
    assert problems(Stage.DEV, database, pooler, **overrides) == [], "a StatefulSet of ours can do all of it"


def test_a_pooled_database_fits_both_environments() -> None:
    assert [problems(stage, {}, {}) for stage in Stage] == [[], []], "nothing is wrong with the usual shape"


def test_a_pooler_has_no_database_outside_the_cluster() -> None:
    declared = shop({}, {})
    moved = declared.model_copy(update={"databases": {}, "external_databases": declared.databases})
    overrides = {"externalDatabases": {"postgres": {"primary": "10.1.0.5/32"}}}
    environment = Environment.model_validate(merged(PRESETS[Stage.DEV], overrides))
    found = [str(problem) for problem in problems_with(moved, environment)]
    expected = (
        "externalDatabases.postgres: the pooler 'pgbouncer' serves 'postgres', which is outside the cluster here; "
        "remove the address, or the pooler"
    )
    assert found == [expected], "nothing would run beside it"
