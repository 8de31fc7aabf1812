"""What claims a stack will have is known before it registers anything."""

from pathlib import Path

import pulumi
import pytest

from quadrant_platform.components.stack.claims import KINDS, claims
from quadrant_platform.preflight.facts import Claim, ClusterFacts
from tests.components.stack.programs import CONFIG, run
from tests.stacks import STACKS, identity, of_kind, planned


@pytest.mark.parametrize(("system", "stage"), STACKS)
def test_a_plan_has_the_claims_that_its_program_registers(system: str, stage: str) -> None:
    found = {identity(one): one["spec"] for one in claims(planned(system, stage))}
    wanted = {identity(one): one["spec"] for one in of_kind(system, stage, *KINDS)}
    assert found == wanted, "a claim that is not known could be refused midway only"


def test_a_program_stops_before_its_first_object_where_a_claim_would_shrink(tmp_path: Path) -> None:
    there = {"motovault-phase4-database/data-postgresql-0": Claim("10Gi", "fast")}
    with pytest.raises(pulumi.RunError, match="has 10Gi, and 1Gi is declared: no volume shrinks"):
        run(tmp_path, "configured_plan()", CONFIG, ClusterFacts("5c1f0f9e", claims=there))
