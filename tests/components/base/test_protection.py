"""What the engine keeps, and what is marked as let go."""

from __future__ import annotations

import json

import pytest

from quadrant_platform.components.base.protection import claim_options
from quadrant_platform.data_objects import holds_data
from quadrant_platform.model.expansion.retention import Retention
from quadrant_platform.program.recorder import Recorded, record
from quadrant_platform.program.stacks import config_for
from tests.stacks import STACKS, SYSTEMS, of_kind, planned, recorded

MOTOVAULT = config_for("motovault", "prod")
RELEASED = "quadrant.dev/released"


def released(*words: str, system: str = "motovault", stage: str = "prod") -> dict[str, Recorded]:
    """What a stack registers that lets something go, by kind and name."""
    found = record(config_for(system, stage) | {"quadrant:release": json.dumps(words)}, "test").resources
    return {f"{one.type.rpartition(':')[2]} {one.name}": one for one in found}


def is_marked(one: Recorded) -> bool:
    return RELEASED in one.inputs["metadata"].get("annotations", {})


@pytest.mark.parametrize("system", SYSTEMS)
def test_prod_keeps_everything_with_data_and_its_namespaces(system: str) -> None:
    found = recorded(system, "prod").resources
    kept = {one.urn for one in found if one.kept}
    data = [one for one in found if one.is_manifest and holds_data(one.inputs)]
    homes = {holder.namespace for holder in planned(system, "prod").retention.holders}
    spaces = [one for one in found if one.is_manifest and one.inputs["kind"] == "Namespace" and one.name in homes]
    assert data, "every system has data"
    assert len(spaces) == len(homes), "and it lives in namespaces of the system"
    assert kept == {one.urn for one in (*data, *spaces)}, "that and nothing else"


@pytest.mark.parametrize(("system", "stage"), STACKS)
def test_nothing_is_let_go_by_default(system: str, stage: str) -> None:
    assert not [one.urn for one in recorded(system, stage).resources if one.is_manifest and is_marked(one)], "no word"


@pytest.mark.parametrize("system", SYSTEMS)
def test_nothing_is_kept_in_dev(system: str) -> None:
    assert not [one.urn for one in recorded(system, "dev").resources if one.kept], "it is made to be thrown away"


def test_a_name_lets_its_own_data_go_and_no_other() -> None:
    found = released("platform-backup")
    claim = found["PersistentVolumeClaim motovault-platform/platform-backup-backups"]
    assert (claim.kept, is_marked(claim)) == (False, True), "the engine may delete it, and so may who has no engine"
    other = found["Cluster motovault-platform/platform-postgres"]
    assert (other.kept, is_marked(other)) == (True, False), "it was not named"
    assert found["Namespace motovault-platform"].kept, "as there is other data in it"


def test_the_last_name_of_a_namespace_lets_it_go() -> None:
    inside = [
        one.name for one in planned("motovault", "prod").retention.holders if one.namespace == "motovault-database"
    ]
    assert "admin-postgres" in inside, "its database is among them"
    found = released("motovault-database/admin-postgres", *(name for name in inside if name != "admin-postgres"))
    assert not found["Cluster motovault-database/admin-postgres"].kept, "named by its place"
    assert not found["Namespace motovault-database"].kept, "nothing else is in it"


def test_a_star_lets_everything_go() -> None:
    assert not [name for name, one in released("*").items() if one.kept], "for the end of a stack"


def test_passwords_that_open_kept_data_are_kept() -> None:
    overrides = {"secrets": "generated", "databases": "statefulSet"}
    own = json.loads(MOTOVAULT["quadrant:overrides"])
    found = record(MOTOVAULT | {"quadrant:overrides": json.dumps(own | overrides)}, "test").resources
    passwords = {one.name: one.kept for one in found if one.type.startswith("random:")}
    kept = {name.partition("/")[0] for name, is_kept in passwords.items() if is_kept}
    stores = {one.spec.password for one in planned("motovault", "prod").databases.values()}
    assert stores <= kept, "the server on a kept claim knows no other password"
    assert len(kept) < len(passwords), "keys that open no store can be made anew"


def test_a_claim_that_nothing_wants_any_more_stays_in_every_environment_until_its_release() -> None:
    claim = {
        "kind": "PersistentVolumeClaim",
        "apiVersion": "v1",
        "metadata": {"namespace": "shop", "name": "data-db-2"},
    }
    without = claim_options(None, Retention(), "db", claim)
    assert without.retain_on_delete, "a copy less is no wish to lose what it wrote"
    for word in ("*", "db", "shop/data-db-2"):
        released = claim_options(None, Retention(released=frozenset({word})), "db", claim)
        assert not released.retain_on_delete, f"{word} is the wish"


def test_a_claim_is_never_replaced_for_what_kubernetes_never_changes() -> None:
    claim = next(one for one in of_kind("motovault", "dev", "PersistentVolumeClaim"))
    ignored = claim_options(None, Retention(), "", claim).ignore_changes or []
    assert {"spec.storageClassName", "spec.accessModes"} == set(ignored), "a replaced claim is an empty one"
