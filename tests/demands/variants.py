"""Stacks with other settings than those that are shipped."""

import json
from functools import cache
from typing import Any

from quadrant_platform.model.schema.environment import merged
from quadrant_platform.program.recorder import record
from quadrant_platform.program.stacks import config_for, stack_name
from tests.stacks import Manifest

OVERRIDES = "quadrant:overrides"


def with_settings(system: str, stage: str, **settings: Any) -> list[Manifest]:
    """The objects of a stack whose file also sets these."""
    return _with(system, stage, json.dumps(settings))


@cache
def _with(system: str, stage: str, settings: str) -> list[Manifest]:
    config = config_for(system, stage)
    whole = merged(json.loads(config.get(OVERRIDES, "{}")), json.loads(settings))
    return record(config | {OVERRIDES: json.dumps(whole)}, stack_name(system, stage)).manifests()
