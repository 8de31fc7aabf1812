"""What the library of Kubernetes' CronJob controller makes of schedules."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

SOURCES = Path(__file__).parent / "judge"


def program() -> Path:
    """Return the executable: QUADRANT_SCHEDULE_JUDGE, or the one that `make oracles` builds from these very sources."""
    content = b"".join((SOURCES / name).read_bytes() for name in ("go.mod", "go.sum", "main.go"))
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "quadrant" / "bin"
    built = cache / f"schedule-judge-{hashlib.sha256(content).hexdigest()[:16]}"
    return Path(os.environ.get("QUADRANT_SCHEDULE_JUDGE") or built)


def judged(asked: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return the answer to each schedule and time zone."""
    lines = "".join(json.dumps({"schedule": schedule, "zone": zone}) + "\n" for schedule, zone in asked)
    ended = subprocess.run([program()], input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in ended.stdout.splitlines()]
