"""The plan that a stack's configuration names, read once."""

from dataclasses import replace
from pathlib import Path

import pulumi

from quadrant_platform.documents.problems import BadInput
from quadrant_platform.model.expansion.plan import Plan, plan
from quadrant_platform.model.stack_file import SETTINGS, load_stack, release


def configured_plan() -> Plan:
    """Return the plan of the stack's system in its environment.

    Raises:
        RunError: with every problem of the system's file and the stack's overrides.
    """
    config = pulumi.Config("quadrant")
    settings = {key: value for key in SETTINGS if (value := config.get(key.partition(":")[2])) is not None}
    named = Path(f"Pulumi.{pulumi.get_stack()}.yaml")
    file = named if named.exists() else None
    try:
        made = plan(*load_stack(settings, file))
        return replace(made, released=release(settings, made.retention, file))
    except BadInput as error:
        raise pulumi.RunError(str(error)) from error
