"""Rendering: the whole command, from its start to the last file.

`python -m bench.render` prints the median wall time of five runs and the largest memory.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS, SECONDS, BYTES = 5, 4, 300 * 2**20


def rendered(system: str, stack: str, folder: Path) -> tuple[float, int]:
    """Render a stack in a process of its own; return its seconds and its bytes of memory."""
    options = ["--system", system, "--stack", stack, "--out", str(folder)]
    command = [sys.executable, "-m", "quadrant_platform", "render", *options]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return time.perf_counter() - start, usage.ru_maxrss * 1024


def main(system: str = "motovault", stack: str = "prod") -> bool:
    """Print the figures; tell whether they are within their bounds."""
    with tempfile.TemporaryDirectory() as place:
        runs = [rendered(system, stack, Path(place) / "render") for _ in range(RUNS)]
    seconds = statistics.median(wall for wall, _ in runs)
    memory = max(used for _, used in runs)
    figures = f"{seconds:.1f} s (bound {SECONDS}), {memory / 2**20:.0f} MiB (bound {BYTES / 2**20:.0f})"
    print(f"render {system} {stack}: {figures}")
    return seconds <= SECONDS and memory <= BYTES


if __name__ == "__main__":
    raise SystemExit(not main())
