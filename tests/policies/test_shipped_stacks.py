"""The shipped stacks keep every policy, advice included, without an exemption."""

import pytest

from quadrant_platform.policies.pack import Config, check
from quadrant_platform.program.wire import KEYS_ANNOTATION
from tests.policies.servicer import Pack, as_outputs, urn
from tests.stacks import STACKS, recorded


@pytest.mark.parametrize(("system", "stage"), STACKS)
def test_a_shipped_stack_breaks_no_policy(system: str, stage: str) -> None:
    found = check(recorded(system, stage).manifests(), Config(exemptions=()))
    assert not found, f"{system} in {stage} is checked as its users' systems are"


@pytest.mark.parametrize("system", ["motovault", "agents"])
def test_passwords_that_are_known_after_an_update_break_no_policy(system: str) -> None:
    stack, generated = [], set[str]()
    for one in recorded(system, "dev").manifests():
        found = as_outputs(one)
        annotations = dict(one["metadata"].get("annotations", {}))
        if (keys := annotations.pop(KEYS_ANNOTATION, None)) is not None:
            found["metadata"]["annotations"] = annotations
            found |= dict.fromkeys(("data", "stringData"), dict.fromkeys(keys.split(","), "aGVsbG8="))
            generated.add(urn(one))
        stack.append(found)
    pack, rule = Pack(), ("secret-references-resolve", "hand-written")
    assert pack.analyze_stack(stack, generated).rules == set(), "they come from a resource, not from the program"
    assert pack.analyze_stack(stack).rules == {rule}, "without one, somebody wrote them"
