"""One notice of all commands that read a system: which of its keys have no effect yet."""

import json
from collections.abc import Mapping

from quadrant_platform.commands.console import Format, say
from quadrant_platform.model.not_built import summary, unbuilt
from quadrant_platform.model.schema.environment import Environment
from quadrant_platform.model.schema.system import System
from quadrant_platform.model.stack_file import load_stack


def announce(config: Mapping[str, str], output: Format, verbose: bool) -> tuple[System, Environment]:
    """Write to stderr which keys of a stack are not built yet, and return its system and environment."""
    system, environment = load_stack(config)
    found = unbuilt(system, environment)
    if found and output is Format.JSON:
        say(json.dumps({"notBuilt": [one.wire() for one in found]}))
    elif found:
        say(f"declared, not built yet: {summary(found)}")
        for one in found if verbose else ():
            say(f"  {one}")
    return system, environment
