"""The plan that a stack's configuration names, and the facts of its cluster, read once."""

from dataclasses import replace
from pathlib import Path

import pulumi

from quadrant_platform.components.stack.claims import claims
from quadrant_platform.documents.problems import BadInput
from quadrant_platform.model.expansion.plan import Plan, plan
from quadrant_platform.model.loader import placed_in_stack
from quadrant_platform.model.schema.environment import Environment
from quadrant_platform.model.schema.system import System
from quadrant_platform.model.stack_file import SETTINGS, fitted_environment, load_stack, release
from quadrant_platform.preflight import names, storage
from quadrant_platform.preflight.addresses import passthrough_addresses
from quadrant_platform.preflight.api_server import found_in
from quadrant_platform.preflight.facts import ClusterFacts
from quadrant_platform.preflight.named_cluster import ask
from quadrant_platform.preflight.origins import installed
from quadrant_platform.preflight.source import current_facts, leave_interrupts_to_engine


def configured_plan() -> tuple[Plan, ClusterFacts | None]:
    """Return the plan of the stack's system in its environment, and the facts of its cluster; none in offline work.

    Raises:
        RunError: with every problem of the system's file and the stack's overrides, or where no cluster answers.
    """
    leave_interrupts_to_engine()
    config = pulumi.Config("quadrant")
    settings = {key: value for key in SETTINGS if (value := config.get(key.partition(":")[2])) is not None}
    named = Path(f"Pulumi.{pulumi.get_stack()}.yaml")
    file = named if named.exists() else None
    try:
        system, environment = load_stack(settings, file)
        facts = current_facts(lambda: ask(settings))
        if facts is not None:
            environment = fitted_environment(settings, system, found_in(facts), file)
        made = plan(system, environment, _addresses(system, environment, facts, file))
        made = replace(made, stack=installed(made.name, pulumi.get_stack()).stack)
        if facts is not None:
            _check(made, facts, file)
        return replace(made, released=release(settings, made.retention, file)), facts
    except BadInput as error:
        raise pulumi.RunError(str(error)) from error


def _check(made: Plan, facts: ClusterFacts, file: Path | None) -> None:
    # What another stack has there is no claim of this one, so names go first.
    if refused := placed_in_stack(names.problems(facts, made), file) or storage.problems(facts, claims(made)):
        raise BadInput(refused)


def _addresses(
    system: System, environment: Environment, facts: ClusterFacts | None, file: Path | None
) -> dict[str, str] | None:
    try:
        return passthrough_addresses(system, environment, facts)
    except BadInput as error:
        raise BadInput(placed_in_stack(error.problems, file)) from None
