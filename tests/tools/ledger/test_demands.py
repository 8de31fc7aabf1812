"""The rows are whole: one id each, known systems, and kinds of evidence that the ledger understands."""

from typing import Any

import pytest
from pydantic import ValidationError

from tools.ledger.demands import DEMANDS, SYSTEM_OF_SEED, Demand, load_demands, unknown_ids

ROWS = load_demands()


def row(check: str, **more: Any) -> Demand:
    return Demand(id="NET-99", seeds=("000", "002"), demand="both", check=check, kind="must", **more)


def test_every_demand_has_its_own_id() -> None:
    lines = DEMANDS.read_text(encoding="utf-8").splitlines()
    written = [line.removeprefix("- id: ") for line in lines if line.startswith("- id: ")]
    assert written == list(ROWS), "two rows with one id would hide each other"


def test_musts_and_targets_are_as_many_as_the_plans_ask_for() -> None:
    kinds = [one.kind for one in ROWS.values()]
    assert (kinds.count("must"), kinds.count("target")) == (332, 51), "the score is out of these"


def test_every_demand_belongs_to_a_known_system() -> None:
    systems = {system for one in ROWS.values() for system in one.systems}
    assert systems == set(SYSTEM_OF_SEED.values()), "the five systems all have demands and no other has"


def test_a_row_of_two_editions_of_motovault_belongs_to_both() -> None:
    assert row("live: it runs").systems == ("motovault-phase4", "motovault"), "the seed decides the edition"


@pytest.mark.parametrize(
    ("check", "kinds"),
    [
        ("manifest: a field", ("manifest",)),
        ("manifest: a field; live: an answer", ("manifest", "live")),
        ("rule-unit-test: a rule; manifest: a field", ("rule-unit-test", "manifest")),
        ("manifest: no credentials; audit policy file", ("manifest",)),
        ("policy: a live policy; script: a manifest", ("policy", "script")),
        ("script", ("script",)),
    ],
)
def test_the_kinds_of_evidence_are_the_words_before_the_colons(check: str, kinds: tuple[str, ...]) -> None:
    assert row(check).checks == kinds, f"{check!r} asks for these"


@pytest.mark.parametrize("check", ["", "look at it", "manifests: all"])
def test_a_check_of_no_known_kind_is_refused(check: str) -> None:
    with pytest.raises(ValidationError, match="begin it with one of manifest, policy"):
        row(check)


def test_ids_without_a_row_are_found() -> None:
    assert unknown_ids(["NET-999", "NET-01", "ABC-1"], ROWS) == ["ABC-1", "NET-999"], "sorted, the known one left out"
