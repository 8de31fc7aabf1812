"""A secret is where a workload mounts it, and nowhere else."""

import pytest

from quadrant_platform.model.expansion.consumers import consumers
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.schema.service import ContainerSpec
from tests.components.sample import planned


def mounted(plan: Plan, secret: str) -> dict[str, tuple[str, ...]]:
    """The workloads that mount a secret, by namespace."""
    return {namespace: workloads for (namespace, name), workloads in consumers(plan).items() if name == secret}


def test_a_secret_is_in_the_namespace_of_every_workload_that_mounts_it() -> None:
    assert mounted(planned(), "session-password") == {
        "shop-core": ("api",),
        "shop-database": ("session", "session-sentinel"),
    }, "a pod reads Secrets of its own namespace only"


def test_a_secret_that_no_workload_mounts_is_nowhere() -> None:
    assert mounted(planned(), "watchers-password") == {}, "it is an ingredient of another one"


def test_both_keys_of_an_object_store_are_beside_it() -> None:
    for secret in ("pictures-access", "pictures-secret"):
        assert mounted(planned(), secret) == {"shop-database": ("pictures",)}, "the server reads both at start"


def test_a_database_of_its_own_pods_mounts_its_password() -> None:
    found = mounted(planned("dev"), "orders-password")
    assert found["shop-database"] == ("orders-db", "orders-pool"), "the server and its pooler, but not the one job"


def test_an_operators_database_leaves_the_password_to_the_operator() -> None:
    assert "shop-database" not in mounted(planned("prod"), "orders-password"), "the operator reads a Secret of its own"
    assert mounted(planned("prod"), "events-password") == {"shop-database": ("events-db",)}, "ClickHouse has none"


def test_an_external_database_needs_no_password_inside() -> None:
    address = {"externalDatabases": {"ledger-db": {"primary": "10.20.0.5/32"}}}
    assert mounted(planned("dev", overrides=address), "ledger-password") == {}, "its server is elsewhere"


def test_a_job_of_another_stage_mounts_nothing() -> None:
    changes = {"jobs": {"cleanup": {"secrets": ["pages-password"]}}}
    assert "shop-database" not in mounted(planned("dev", changes), "pages-password"), "the job is not there"
    assert mounted(planned("prod", changes), "pages-password")["shop-database"] == ("cleanup",), "in prod it is"


def test_users_of_a_basic_auth_are_beside_the_route() -> None:
    assert mounted(planned(), "watchers") == {"shop-frontend": ("traefik",)}, "Traefik reads them where the route is"


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_no_workload_gets_a_secret_that_it_does_not_declare(stage: str) -> None:
    some = planned(stage)
    processes: dict[str, ContainerSpec] = {**some.system.services, **some.system.jobs}
    for (_, secret), workloads in consumers(some).items():
        undeclared = [name for name in workloads if name in processes and secret not in processes[name].secrets]
        assert not undeclared, f"{undeclared} would read {secret} without need"


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_every_secret_of_the_list_is_declared(stage: str) -> None:
    some = planned(stage)
    unknown = {secret for _, secret in consumers(some)} - set(some.system.secrets)
    assert not unknown, f"{unknown}: nothing could fill it"
