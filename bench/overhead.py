"""The price of components: the program's time against a flat program that registers the very same inputs.

`python -m bench.overhead` prints the median ratio of five pairs, run in turn in one process. Imports are warm
on both sides. Loading, expansion and components count on ours; the rival's list is prebuilt.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from bench.rival import PREBUILT, rival
from quadrant_platform.program.recorder import Recording, record
from quadrant_platform.program.stacks import config_for

FLAT = Path(__file__).with_name("flat_program.py")
PAIRS = 5
BOUND = 1.3


def main(system: str = "motovault", stack: str = "prod") -> bool:
    """Print the median ratio; tell whether it is within its bound."""
    config = config_for(system, stack)
    ours = record(config, stack)
    PREBUILT[:] = [rival(resource) for resource in ours.resources if not resource.type.startswith("quadrant:")]
    flat = record({}, stack, FLAT)
    if inputs(ours) != inputs(flat):
        raise AssertionError("the rival registers other inputs than the program")
    ratios = [timed(partial(record, config, stack)) / timed(partial(record, {}, stack, FLAT)) for _ in range(PAIRS)]
    median = statistics.median(ratios)
    print(f"{system} {stack}: {len(PREBUILT)} resources, program / flat program: median {median:.2f} (bound {BOUND})")
    return median <= BOUND


def inputs(recording: Recording) -> list[tuple[str, str, str]]:
    """Return what was registered, in a comparable order."""
    kept = (one for one in recording.resources if not one.type.startswith("quadrant:"))
    return sorted((one.type, one.name, repr(sorted(one.inputs.items()))) for one in kept)


def timed(run: Callable[[], Any]) -> float:
    """Return the seconds that one call takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


if __name__ == "__main__":
    raise SystemExit(not main())
