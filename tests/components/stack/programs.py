"""Programs of a few lines, recorded."""

from pathlib import Path

from quadrant_platform.preflight.facts import ClusterFacts
from quadrant_platform.program.recorder import Recorded, record
from quadrant_platform.program.stacks import config_for

CONFIG = config_for("motovault-phase4", "dev")


def run(folder: Path, text: str, config: dict[str, str], facts: ClusterFacts | None = None) -> list[Recorded]:
    """Record a program of some lines."""
    program = folder / "__main__.py"
    program.write_text(
        "from quadrant_platform.components.stack.configured_plan import configured_plan\n"
        f"from quadrant_platform.components.stack.kubernetes import Kubernetes\n{text}\n",
        encoding="utf-8",
    )
    return list(record(config, "dev", program, facts=facts).resources)
