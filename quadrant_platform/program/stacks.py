"""The stacks: a system in a stage, its configuration as the engine passes it on, and its recording."""

import json
from pathlib import Path
from typing import Any

from quadrant_platform.documents.document import read_document
from quadrant_platform.documents.problems import BadInput, Problem, did_you_mean
from quadrant_platform.host.checkout import ROOT
from quadrant_platform.model.loader import system_file
from quadrant_platform.model.schema.types import Stage
from quadrant_platform.model.stack_file import ENVIRONMENT, SYSTEM, problems_of_stack
from quadrant_platform.program.recorder import Recording, record

PRINCIPAL = "motovault"
"""The system whose stacks have the name of the stage alone."""
STAGES = tuple(str(stage.value) for stage in Stage)


def stack_name(system: str, stage: str) -> str:
    """Return the name of a system's stack."""
    return stage if system == PRINCIPAL else f"{system}-{stage}"


def config_for(system: str, stage: str) -> dict[str, str]:
    """Return a stack's configuration, or the bare preset where the stack has no file.

    Raises BadInput for a system or stage that does not exist and for a file that is not a configuration.
    """
    system_file(system)
    if stage not in STAGES:
        raise BadInput([Problem((), f"there is no stack {stage!r}", did_you_mean(stage, STAGES))])
    file = ROOT / f"Pulumi.{stack_name(system, stage)}.yaml"
    if not file.exists():
        return {SYSTEM: system, ENVIRONMENT: stage}
    config = _config(file, system, stage)
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}


def _config(file: Path, system: str, stage: str) -> dict[str, Any]:
    """Return the settings of a stack's file; BadInput where pulumi would take it for another stack."""
    problems = problems_of_stack(file)
    document = read_document(file)
    config: dict[str, Any] = {} if problems else document.data["config"]
    for key, wanted in () if problems else ((SYSTEM, system), (ENVIRONMENT, stage)):
        if key not in config:
            problems.append(document.problem(("config",), f"{key!r} is missing", f"add `{key}: {wanted}`"))
        elif config[key] != wanted:
            what = f"the file of {system} {stage} names {config[key]!r}"
            problems.append(document.problem(("config", key), what, f"write {wanted!r}, or rename the file"))
    if problems:
        raise BadInput(problems)
    return config


def recorded(system: str, stage: str, *, unknown: bool = False) -> Recording:
    """Return the resources that a stack registers."""
    return record(config_for(system, stage), stack_name(system, stage), unknown=unknown)
