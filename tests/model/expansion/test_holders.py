"""Holders name their objects as the components and Kubernetes do."""

import pytest

from quadrant_platform.data_objects import holds_data
from quadrant_platform.model.expansion.holders import holders
from tests.components.sample import planned
from tests.stacks import STACKS, of_kind, recorded
from tests.stacks import planned as planned_stack


def test_every_store_and_every_workload_with_a_claim_holds_data() -> None:
    found = {one.name: (one.namespace, one.objects) for one in holders(planned("prod").workloads())}
    redis = tuple(f"data-session-{n}" for n in range(3)) + tuple(f"data-session-sentinel-{n}" for n in range(3))
    assert found == {
        "worker": ("shop-core", ("spool-worker-0",)),
        "orders-db": ("shop-database", ("orders-db",)),
        "ledger-db": ("shop-database", ("ledger-db",)),
        "events-db": ("shop-database", ("data-events-db-0",)),
        "session": ("shop-database", redis),
        "pages": ("shop-platform", ("data-pages-0", "data-pages-1")),
        "counters": ("shop-platform", ("data-counters-0",)),
        "pictures": ("shop-database", ("data-pictures-0",)),
        "bus": ("shop-platform", ("data-bus-0", "data-bus-1", "data-bus-2")),
    }, "an operator's cluster by itself, all others by their claims"


def test_an_autoscaled_service_has_a_claim_for_every_copy_that_there_may_be() -> None:
    volume = {"cache": {"path": "/cache", "size": "1Gi", "persistent": True}}
    some = planned("prod", {"services": {"api": {"volumes": volume}}, "jobs": {"cleanup": {"volumes": volume}}})
    found = {one.name: one.objects for one in holders(some.workloads())}
    assert found["api"] == tuple(f"cache-api-{n}" for n in range(6)), "a scaled-down copy leaves its claim"
    assert found["cleanup"] == ("cleanup-cache",), "the runs of a job share one"


@pytest.mark.parametrize(("system", "stage"), STACKS)
def test_all_data_of_a_stack_has_a_holder(system: str, stage: str) -> None:
    known = {place for one in holders(planned_stack(system, stage).workloads()) for place in one.places}
    data = [one for one in recorded(system, stage).manifests() if holds_data(one)]
    registered = {f"{one['metadata']['namespace']}/{one['metadata']['name']}" for one in data}
    made = {
        f"{one['metadata']['namespace']}/{claim['metadata']['name']}-{one['metadata']['name']}-{ordinal}"
        for one in of_kind(system, stage, "StatefulSet")
        for claim in one["spec"]["volumeClaimTemplates"]
        for ordinal in range(one["spec"].get("replicas", 1))
    }
    assert registered | made == known, "what the program registers, and what Kubernetes makes for it"
