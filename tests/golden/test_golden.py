"""What every stack registers is what its golden files say; a change of them is a change to be read."""

import pytest

from tests.golden.regenerate import FOLDER, differences, golden, stale
from tests.stacks import STACKS


@pytest.mark.parametrize(("system", "stage"), STACKS)
def test_a_stack_registers_what_its_golden_files_say(system: str, stage: str) -> None:
    found = "\n".join(differences(golden(system, stage), FOLDER))
    assert not found, f"run `make golden`, read the difference and commit it:\n{found}"


def test_no_golden_file_is_left_of_a_stack_that_is_gone() -> None:
    names = {f"{system}-{stage}{suffix}": "" for system, stage in STACKS for suffix in (".yaml", ".urns")}
    assert not stale(names, FOLDER), "it would be read as if it were true"
