"""The plan that a stack's configuration names, read once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pulumi

from quadrant_platform.documents.document import read_document
from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.model.expansion.plan import Plan, plan
from quadrant_platform.model.loader import OVERRIDES, load_environment, load_system, system_file, systems
from quadrant_platform.model.stack_file import problems_of_stack


def configured_plan() -> Plan:
    """Return the plan of the stack's system in its environment.

    Raises:
        RunError: with every problem of the system's file and the stack's overrides.
    """
    config = pulumi.Config("quadrant")
    stack = Path(f"Pulumi.{pulumi.get_stack()}.yaml")
    file = stack if stack.exists() else None
    try:
        if file and (problems := problems_of_stack(file)):
            raise BadInput(problems)
        name = config.get("system")
        if name is None:
            remedy = f"run `pulumi config set quadrant:system NAME` with one of: {', '.join(systems())}"
            raise BadInput([Problem(("quadrant:system",), "the stack names no system", remedy)])
        system = load_system(system_file(name))
        preset = config.get("environment") or "dev"
        return plan(system, load_environment(preset, _overrides(config, file), file, system))
    except BadInput as error:
        raise pulumi.RunError(str(error)) from error


def _overrides(config: pulumi.Config, file: Path | None) -> dict[str, Any]:
    try:
        overrides = config.get_object("overrides")
    except pulumi.ConfigTypeError:
        overrides = config.get("overrides")
    if not isinstance(overrides, dict | None):
        what, remedy = f"expected a mapping, found {overrides!r}", "write what differs from the preset, key by key"
        raise BadInput([(read_document(file).problem if file else Problem)(OVERRIDES, what, remedy)])
    return overrides or {}
