"""Checking files: the time grows with the number of objects, and no faster.

`python -m bench.check` reads and judges folders of generated applications, of which one has four times the objects of
the other, and prints the seconds of processor time for the larger one and the ratio of the two.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench.policies import spent
from quadrant_platform.host.checkout import ROOT
from quadrant_platform.policies.pack import check
from quadrant_platform.program.manifest_files import read_manifests

FEW, MANY = 750, 3000
SECONDS, RATIO = 10.0, 5.0
_OBJECTS = 6
"""In one application: two Deployments, their NetworkPolicies and a Service."""
_TOGETHER = 10
"""Applications in one namespace."""


def written(folder: Path, objects: int) -> Path:
    """Write applications into a folder, each into a file of its own."""
    manifest = ROOT / "tests" / "policies" / "corpus" / "passes" / "isolated-served.yaml"
    text = manifest.read_text(encoding="utf-8")
    for number in range(objects // _OBJECTS):
        named = text.replace("shop-backend", f"shop-{number // _TOGETHER}")
        for name in ("api", "web", "default-deny"):
            named = named.replace(f"name: {name}", f"name: {name}-{number}")
        (folder / f"{number}.yaml").write_text(named, encoding="utf-8")
    return folder


def seconds(objects: int) -> float:
    """Return the seconds of processor time for reading and judging so many objects."""
    with tempfile.TemporaryDirectory() as folder:
        files = written(Path(folder), objects)
        return spent(lambda: check(read_manifests(files)))


def main() -> bool:
    """Print the figures; tell whether they are within their bounds."""
    seconds(_OBJECTS)  # loads what is loaded once
    few, many = seconds(FEW), seconds(MANY)
    print(f"{MANY} objects in files, read and judged in {many:.1f} s of processor time (bound {SECONDS:g})")
    print(f"{MANY} objects / {FEW} objects: {many / few:.1f} (bound {RATIO:g})")
    return many <= SECONDS and many / few <= RATIO


if __name__ == "__main__":
    raise SystemExit(not main())
