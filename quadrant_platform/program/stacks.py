"""The stacks: their names, their configuration as the engine passes it on, and their recordings."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from quadrant_platform.documents.document import read_document
from quadrant_platform.documents.problems import BadInput, Problem, nearest
from quadrant_platform.host.checkout import ROOT
from quadrant_platform.model.expansion.workloads import installation_name
from quadrant_platform.model.loader import system_file
from quadrant_platform.model.schema.types import Stage
from quadrant_platform.model.stack_file import DEFAULT_PRESET, ENVIRONMENT, SYSTEM, load_stack, problems_of_stack
from quadrant_platform.program.recorder import Recording, record

PRINCIPAL = "motovault"
"""The system whose stacks have the name of the stage alone."""
STAGES = tuple(str(stage.value) for stage in Stage)
_BEFORE, _AFTER = "Pulumi.", ".yaml"


def stack_name(system: str, stack: str) -> str:
    """Return the name of a stack, for which a stage may stand: then it is the system's own stack of that stage."""
    return f"{system}-{stack}" if stack in STAGES and system != PRINCIPAL else stack


def _stage(system: str, stack: str) -> str | None:
    """Return the stage of a system's own stack; None where a stack has a name that a user chose."""
    return next((stage for stage in STAGES if stack in (stage, stack_name(system, stage))), None)


def stack_file(system: str, stack: str) -> Path:
    """Return the file of a stack."""
    return _file(stack_name(system, stack))


def _file(name: str) -> Path:
    return ROOT / f"{_BEFORE}{name}{_AFTER}"


def stacks() -> list[str]:
    """Return the names of the stacks that have a file."""
    return sorted(file.name[len(_BEFORE) : -len(_AFTER)] for file in ROOT.glob(f"{_BEFORE}*{_AFTER}"))


def system_of(stack: str) -> str:
    """Return the system that the file of a stack names; BadInput where there is no such file, or none in it."""
    file = _file(stack)
    if stack not in stacks():
        raise BadInput([_unknown(stack)])
    problems = problems_of_stack(file)
    document = read_document(file)
    if not problems and SYSTEM not in document.data["config"]:
        problems.append(document.problem(("config",), f"{SYSTEM!r} is missing", "add it, with the name of a system"))
    if problems:
        raise BadInput(problems)
    return str(document.data["config"][SYSTEM])


def config_for(system: str, stack: str) -> dict[str, str]:
    """Return a stack's configuration, or the bare preset where the stack of a stage has no file.

    Raises BadInput for a system or stack that does not exist and for a file that is not a configuration.
    """
    system_file(system)
    file, stage = stack_file(system, stack), _stage(system, stack)
    if not file.exists():
        if stage is not None:
            return {SYSTEM: system, ENVIRONMENT: stage}
        raise BadInput([_unknown(stack)])
    wanted = {SYSTEM: system} | ({ENVIRONMENT: stage} if stage is not None else {})
    config = {ENVIRONMENT: DEFAULT_PRESET} | _config(file, wanted)
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}


def _config(file: Path, wanted: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings of a stack's file; BadInput where pulumi would take it for another stack."""
    problems = problems_of_stack(file)
    document = read_document(file)
    config: dict[str, Any] = {} if problems else document.data["config"]
    for key, value in () if problems else wanted.items():
        if key not in config:
            problems.append(document.problem(("config",), f"{key!r} is missing", f"add `{key}: {value}`"))
        elif config[key] != value:
            what = f"the file of {' '.join(wanted.values())} names {config[key]!r}"
            other = "rename the file" if ENVIRONMENT in wanted else "leave out --system"
            problems.append(document.problem(("config", key), what, f"write {value!r}, or {other}"))
    if problems:
        raise BadInput(problems)
    return config


def _unknown(stack: str) -> Problem:
    near = nearest(stack, (*STAGES, *stacks()))
    made = f"`pulumi stack init {stack}` and `pulumi config set {SYSTEM} NAME` make one of your own"
    remedy = f"did you mean {near!r}?" if near else f"known here: {', '.join(stacks())}; {made}"
    return Problem((), f"there is no stack {stack!r}: the file {_file(stack).name} does not exist", remedy)


def installation(system: str, stack: str) -> str:
    """Return the name under which a stack's installation is known in a cluster."""
    file = stack_file(system, stack)
    return installation_name(*load_stack(config_for(system, stack), file if file.exists() else None))


def recorded(system: str, stack: str, *, unknown: bool = False) -> Recording:
    """Return the resources that a stack registers."""
    return record(config_for(system, stack), stack_name(system, stack), unknown=unknown)
