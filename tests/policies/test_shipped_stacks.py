"""The shipped stacks keep every policy, advice included, without an exemption."""

import pytest

from policies.pack import Config, check
from tests.stacks import STACKS, recorded


@pytest.mark.parametrize(("system", "stage"), STACKS)
def test_a_shipped_stack_breaks_no_policy(system: str, stage: str) -> None:
    found = check(recorded(system, stage).manifests(), Config(exemptions=()))
    assert not found, f"{system} in {stage} is checked as its users' systems are"
