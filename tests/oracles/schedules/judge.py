"""What the library of Kubernetes' CronJob controller makes of schedules."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.judges import program

PROGRAM = program("schedule", Path(__file__).parent / "judge")


def judged(asked: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return the answer to each schedule and time zone."""
    lines = "".join(json.dumps({"schedule": schedule, "zone": zone}) + "\n" for schedule, zone in asked)
    ended = subprocess.run([PROGRAM], input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in ended.stdout.splitlines()]
