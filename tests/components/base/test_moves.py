"""A row that is renamed, or becomes another kind of row, keeps what it has: nothing is deleted and made anew."""

from __future__ import annotations

import json
import runpy
from typing import Any

import pytest

from quadrant_platform.commands.check import mandatory, objects_of, violations
from quadrant_platform.components.base.moves import ROWS
from quadrant_platform.components.stack import configured_plan
from quadrant_platform.data_objects import holds_data
from quadrant_platform.model.expansion.plan import plan
from quadrant_platform.model.schema.system import System
from quadrant_platform.program.recorder import PROGRAM, PROJECT, Monitor, Recorded, Recording, placeholders
from quadrant_platform.program.runtime import execute
from tests.components.sample import OPEN_CLUSTER, document, environment
from tests.stacks import STACKS, planned, recorded

NAMES = {
    "orders-db": "books", "events-db": "happenings", "session": "sessions", "pages": "leaves", "pictures": "images",
    "bus": "omnibus", "worker": "clerk",
}  # fmt: skip
ENGINES: tuple[dict[str, Any], ...] = ({}, {"databases": "statefulSet", "secrets": "generated"})
"""With an operator, and without."""
FIXED = ("serviceName", "selector", "volumeClaimTemplates", "podManagementPolicy")
"""What Kubernetes never changes of a StatefulSet."""
Objects = dict[str, dict[str, Any]]


def registered(
    system: dict[str, Any], monkeypatch: pytest.MonkeyPatch, overrides: dict[str, Any] | None = None
) -> list[Recorded]:
    """What the program registers for a system in prod."""
    made = plan(System.model_validate(system), environment("prod", {**OPEN_CLUSTER, **(overrides or {})}))
    monkeypatch.setattr(configured_plan, "configured_plan", lambda: (made, None))
    monitor = Monitor("test", placeholders, unknown=False, reveal=False)
    execute(lambda: runpy.run_path(str(PROGRAM), run_name="__main__"), monitor, {}, (PROJECT, "test"), False)
    return monitor.recorded


def renamed() -> dict[str, Any]:
    """The shop with other names for its rows with data, wherever they stand, and the old ones noted."""
    text = json.dumps(document())
    for old, new in NAMES.items():
        text = text.replace(f'"{old}"', f'"{new}"')
    changed: dict[str, Any] = json.loads(text)
    for old, new in NAMES.items():
        [row] = [rows[new] for rows in changed.values() if isinstance(rows, dict) and new in rows]
        row["renamedFrom"] = old
    return changed


def objects(found: list[Recorded]) -> Objects:
    return {one.urn: one.inputs for one in found if one.is_manifest}


@pytest.mark.parametrize("overrides", ENGINES, ids=["operator", "no operator"])
def test_a_renamed_row_keeps_its_data_and_takes_its_new_name(
    overrides: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = objects(registered(document(), monkeypatch, overrides))
    found = registered(renamed(), monkeypatch, overrides)
    after = objects(found)
    data = {urn for urn, one in before.items() if holds_data(one)}
    assert len(data) > len(NAMES), "there is data in every renamed row"
    assert data == {urn for urn, one in after.items() if holds_data(one)}, "under the names by which it is found"
    claims = [urn for urn in data if before[urn]["kind"] == "PersistentVolumeClaim"]
    assert [urn for urn in claims if before[urn] != after[urn]] == [], "no claim changes in anything"
    sets = [urn for urn, one in before.items() if one["kind"] == "StatefulSet"]
    assert sets, "the claims have users"
    for urn in sets:
        fixed = [{key: one["spec"].get(key) for key in FIXED} for one in (before[urn], after[urn])]
        assert fixed[0] == fixed[1], "it is changed in place: its pods restart one by one"
    services = {one["metadata"]["name"] for one in after.values() if one["kind"] == "Service"}
    managed = {service["serviceTemplate"]["metadata"]["name"] for one in after.values() if one["kind"] == "Cluster"
               for service in one["spec"]["managed"]["services"]["additional"]}  # fmt: skip
    assert set(NAMES.values()) <= services | managed, "clients find it by its new name"
    governing = {one["spec"]["serviceName"] for one in after.values() if one["kind"] == "StatefulSet"}
    assert NAMES.keys() & (services | managed) <= governing, "and by a former one only where Kubernetes needs it"
    refusals = mandatory(violations(objects_of(Recording(PROJECT, "test", tuple(found)))))
    assert not refusals, f"{refusals}: a renamed system is as sound as any"


def test_a_renamed_row_is_the_same_component(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {one.urn: one for one in registered(renamed(), monkeypatch)}
    broker = found["urn:pulumi:test::quadrant::quadrant:data:Broker::omnibus"]
    assert "urn:pulumi:test::quadrant::quadrant:data:Broker::bus" in broker.aliases, "by its former name"


def test_a_row_of_several_former_names_keeps_the_data_of_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = renamed()
    shop["brokers"]["omnibus"]["renamedFrom"] = ["coach", "bus"]
    found = registered(shop, monkeypatch)
    claims = [one.name for one in found if one.type.endswith(":PersistentVolumeClaim") and "bus" in one.name]
    assert claims == [f"shop-platform/data-bus-{n}" for n in range(3)], "where it began"
    [broker] = [one for one in found if one.urn.endswith("Broker::omnibus")]
    former = {urn.rpartition("::")[2] for urn in broker.aliases}
    assert former == {"omnibus", "coach", "bus"}, "whichever of them a stack had last"


def test_a_row_may_have_been_of_any_other_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {one.urn.rpartition("quadrant:")[2]: one for one in registered(document(), monkeypatch)}
    assert "urn:pulumi:test::quadrant::quadrant:workload:Job::web" in found["workload:Service::web"].aliases, (
        "a job that became a service keeps its account"
    )
    assert "urn:pulumi:test::quadrant::quadrant:data:Database::orders-db" in found["data:Cluster::orders-db"].aliases, (
        "a database that an operator took over keeps its credentials"
    )
    assert found["network:Segments::segments"].aliases == (), "what is no row stays what it is"


def test_a_service_may_have_been_a_further_name_of_another_row(monkeypatch: pytest.MonkeyPatch) -> None:
    found = registered(document(), monkeypatch)
    [service] = [
        one for one in found if one.type == "kubernetes:core/v1:Service" and one.name == "shop-database/pictures"
    ]
    was = "urn:pulumi:test::quadrant::quadrant:workload:Service$kubernetes:core/v1:Service::shop-database/pictures"
    assert was in service.aliases, "such as an alias of an application"
    assert service.urn not in service.aliases, "itself is no alias"


@pytest.mark.parametrize(("system", "stage"), STACKS)
def test_every_row_of_a_stack_can_move(system: str, stage: str) -> None:
    rows = {name for _, name, _ in planned(system, stage).system.renamable()}
    found = [one for one in recorded(system, stage).resources if one.type.startswith("quadrant:") and one.name in rows]
    assert found, "a system has rows"
    lacking = {one.type for one in found if one.parent is None} - {f"quadrant:{token}" for token in ROWS}
    assert not lacking, f"{lacking}: its rows could not become another kind; add it to ROWS"


@pytest.mark.parametrize(("system", "stage"), STACKS)
def test_no_alias_is_the_name_of_something_else(system: str, stage: str) -> None:
    resources = recorded(system, stage).resources
    taken, aliases = {one.urn for one in resources}, [urn for one in resources for urn in one.aliases]
    assert not taken & set(aliases), "the engine would refuse two owners"
    assert len(aliases) == len(set(aliases)), "and two that claim one past"
