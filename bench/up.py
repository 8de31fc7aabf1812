"""The time of a first `pulumi up`, against the same program that waits for each Service.

`python -m bench.up` applies motovault dev under pairs of new prefixes in one cluster, in turn with and without the
wait. It needs pulumi on PATH and the lab's API server; nodes and pods are simulated, so that it is the engine's time.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.engine import api_server
from tests.engine.api_server import ApiServer
from tests.engine.engine import POLICIES, Engine, new_engine, problem
from tests.engine.surroundings import prepare

PAIRS = 3
BOUND = 0.85
WAITING = ('    return kind in (CLAIM, "Service") and not balanced', "    return kind == CLAIM and not balanced")
"""The line of the program that spares Services the wait, and the one without that."""


def main() -> bool:
    """Print the medians and their ratio; tell whether it is within its bound, or could not be measured here."""
    if lacking := problem() or next((str(one) for one in api_server.problems()), None):
        print(f"motovault dev: pulumi up was not measured: {lacking}")
        return True
    seconds: dict[str, list[float]] = {"waiting": [], "not": []}
    with _cluster() as (server, engines):
        for pair in range(PAIRS):
            for name, engine in engines.items():
                seconds[name].append(_first_up(engine, server, f"{name[0]}{pair}"))
    before, after = (statistics.median(seconds[name]) for name in ("waiting", "not"))
    print(
        f"motovault dev: first pulumi up, waiting for Services {before:.0f} s, not waiting {after:.0f} s: "
        f"ratio {after / before:.2f} (bound {BOUND})"
    )
    return after / before <= BOUND


@contextmanager
def _cluster() -> Iterator[tuple[ApiServer, dict[str, Engine]]]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        engines = {name: new_engine(place / name) for name in ("waiting", "not")}
        program = engines["waiting"].checkout / "components" / "base" / "component.py"
        text = program.read_text("utf-8")
        if WAITING[0] not in text:
            raise AssertionError("the program spares Services the wait in another way: name it in WAITING")
        program.write_text(text.replace(*WAITING), "utf-8")
        with api_server.serving(place / "cluster", print) as server:
            prepare(server, "motovault", "dev")
            yield server, engines


def _first_up(engine: Engine, server: ApiServer, name: str) -> float:
    """Return the seconds in which a new stack is applied."""
    file = engine.checkout / f"Pulumi.{name}.yaml"
    file.write_text((engine.checkout / "Pulumi.dev.yaml").read_text("utf-8"), "utf-8")
    engine.stack(name, server.kubeconfig)
    prefix = ("--path", "quadrant:overrides.namespacePrefix", f"{name}-")
    engine.need("pulumi", "config", "set", *prefix, "--stack", name)
    start = time.monotonic()
    engine.need("pulumi", "up", "--yes", "--skip-preview", "--stack", name, *POLICIES, "--non-interactive")
    return time.monotonic() - start


if __name__ == "__main__":
    raise SystemExit(not main())
