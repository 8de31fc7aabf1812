"""Every stack under the real engine: applied once, and unchanged from then on, whatever a server made of it."""

import pytest

from quadrant_platform.program.stacks import stack_name
from tests.engine.conftest import Serve
from tests.engine.engine import POLICIES, Engine
from tests.engine.surroundings import prepare
from tests.stacks import STAGES, SYSTEMS

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("stage", STAGES)
def test_a_stack_is_applied_and_then_unchanged_beside_the_others(
    serve: Serve, engine: Engine, system: str, stage: str
) -> None:
    server, stack = serve(stage), stack_name(system, stage)
    prepare(server, system, stage)
    engine.stack(stack, server.kubeconfig)

    first = engine.pulumi("preview", "--stack", stack, *POLICIES)
    assert first.code == 0, f"the first preview fails:\n{first.tail}"
    assert not first.violations, f"policies speak on a stack that `quadrant check` passes: {first.violations}"
    applied = engine.pulumi("up", "--yes", "--skip-preview", "--stack", stack, *POLICIES)
    assert applied.code == 0, f"up fails:\n{applied.tail}"
    assert not applied.violations, f"what a server defaulted is judged: {applied.violations}"

    again = engine.pulumi("preview", "--stack", stack, *POLICIES, "--expect-no-changes", "--diff")
    assert again.code == 0, f"a preview right after `up` finds changes or fails:\n{again.tail}"
    assert not again.violations, f"unchanged resources are judged by what a server defaulted: {again.violations}"
    refreshed = engine.pulumi("preview", "--stack", stack, *POLICIES, "--expect-no-changes", "--diff", "--refresh")
    assert refreshed.code == 0, f"what a server filled in counts as a change:\n{refreshed.tail}"
    assert not refreshed.violations, f"refreshed resources are judged by their outputs: {refreshed.violations}"
