"""The policies on what a real API server makes of every object: the verdicts are those on the program's words."""

import pytest

from tests.engine.conftest import Serve
from tests.policies.crossguard import phases, recording
from tests.policies.servicer import Pack
from tests.stacks import STACKS

pytestmark = pytest.mark.engine


@pytest.mark.parametrize(("system", "stage"), STACKS)
def test_every_phase_of_a_stack_has_the_same_verdicts(serve: Serve, system: str, stage: str) -> None:
    pairs = recording.pairs(serve("policies").kubectl, system, stage)
    said = phases.verdicts(phases.preview_of_nothing(Pack(), pairs))
    for phase in phases.PHASES:
        assert phases.verdicts(phase(Pack(), pairs)) == said, f"{phase.__name__}: the program has not changed"
    assert not phases.without_program(Pack(), pairs).diagnostics, "what was applied tells what the program said"
    guessed = phases.without_program_and_record(Pack(), pairs).diagnostics
    assert {one.check for one in guessed} <= {"abstains"}, "and what was only made is left alone"
