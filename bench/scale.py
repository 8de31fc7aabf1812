"""Scale: synthetic systems of 100 and 1,000 services, loaded, expanded and proved.

`python -m bench.scale` prints the time and memory of the large one, and the cost per service against the small one.
"""

from __future__ import annotations

import json
import random
import resource
import tempfile
import time
from pathlib import Path

from quadrant_platform.components.network.isolation import network_policies
from quadrant_platform.components.network.segments import default_deny
from quadrant_platform.garbage_collection import collection_paused
from quadrant_platform.model.expansion.plan import plan
from quadrant_platform.model.loader import load_environment, load_system
from quadrant_platform.reachability import prove

SMALL, LARGE, FLOWS_EACH, RUNS = 100, 1000, 5, 3
SECONDS, BYTES, GROWTH = 60, 1.5 * 2**30, 1.5


def synthetic(services: int, flows_each: int = FLOWS_EACH) -> str:
    """Return the YAML of a system with so many services, each with that many outgoing flows."""
    chance = random.Random(services)
    segments = ("frontend", "backend", "platform")
    lines = ["name: synthetic", "services:"]
    for number in range(services):
        lines += [
            f"  service-{number}:",
            f"    segment: {segments[number % 3]}",
            f"    image: example/service:{number}.0.0",
            "    ports: {http: 8080, metrics: 9464}",
            "    metrics: {port: metrics}",
        ]
    lines.append("flows:")
    for number in range(services):
        others = chance.sample([other for other in range(services) if other != number], flows_each)
        lines += [
            f"  - {{from: service-{number}, to: service-{other}, ports: [http], why: calls it}}" for other in others
        ]
    return "\n".join(lines) + "\n"


def proved(services: int) -> float:
    """Load, expand and prove a synthetic system; return the seconds."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "synthetic.yaml"
        file.write_text(synthetic(services))
        start = time.perf_counter()
        with collection_paused():  # as under the recorder
            made = plan(load_system(file), load_environment("prod", {}))
            policies = [default_deny(made.namespace(segment)) for segment in made.topology.segments]
            difference = prove([*policies, *network_policies(made)], json.loads(made.matrix.canonical()))
        elapsed = time.perf_counter() - start
    if difference.missing or difference.excess:
        raise AssertionError(f"the policies differ from the matrix: {difference}")
    return elapsed


def main() -> bool:
    """Print the figures; tell whether they are within their bounds."""
    proved(SMALL)
    # The best of several: a cost per service is compared, and noise only adds.
    small = min(proved(SMALL) for _ in range(RUNS))
    large = min(proved(LARGE) for _ in range(RUNS))
    growth = (large / LARGE) / (small / SMALL)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    took = f"{large:.1f} s (bound {SECONDS})"
    used = f"{memory / 2**20:.0f} MiB (bound {BYTES / 2**20:.0f})"
    print(f"{LARGE} services, {LARGE * FLOWS_EACH} flows: {took}, {used}")
    print(f"cost per service at {LARGE} / at {SMALL}: {growth:.2f} (bound {GROWTH})")
    return large <= SECONDS and memory <= BYTES and growth <= GROWTH


if __name__ == "__main__":
    raise SystemExit(not main())
