"""The areas of long proofs: what each of them covers, and whether that is still what was proven."""

import hashlib
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.ledger.demands import ROOT

EVIDENCE = ROOT / "evidence"
"""Where the reports of areas are committed."""
MINUTES = 60
"""How long the proofs of one area may take once the lab has built what it needs."""
LAB = ("quadrant_platform/lab/build/**",)
"""What the lab's programs and images are built from. The base tests prove its own code in every run."""


@dataclass(frozen=True)
class Area:
    """Long proofs that run together, by `make prove AREA=<name>`.

    `inputs` are the patterns of the files that its evidence depends on: the rendered objects, of which the golden files
    are a copy, the tests, and what the lab builds. A test builds the lab's images that its workloads name, so that a
    part of the lab which one area alone needs is built with that area.
    """

    name: str
    inputs: tuple[str, ...]

    @property
    def report(self) -> Path:
        """Return the file that holds the evidence."""
        return EVIDENCE / f"{self.name}.json"


def _golden(*systems: str) -> tuple[str, ...]:
    """Return the rendered objects of the dev stacks of systems."""
    return tuple(f"tests/golden/{system}-dev.yaml" for system in systems)


def _cluster(*modules: str) -> tuple[str, ...]:
    """Return the tests of modules in the cluster, and the files beside them that are no tests but their means."""
    return ("tests/cluster/[!t]*", *(f"tests/cluster/test_{module}.py" for module in modules))


AREAS: Mapping[str, Area] = {
    area.name: area
    for area in (
        Area("data", (*_golden("agents", "carbon254"), *_cluster("postgresql", "redis"), *LAB)),
        Area("isolation", (*_golden("*"), *_cluster("packets"), *LAB)),
    )
}
"""An area is here if it has tests: `prove("<name>")` marks a long one, `short=True` the one that also runs in CI."""

EVERYTHING = (
    "*.py",
    "*.yaml",
    "components/**",
    "policies/**",
    "quadrant_platform/**",
    "systems/**",
    "tests/**",
    "tools/**",
)
"""What the reports of the fast tests and of the base lab cover."""


def digest(patterns: Iterable[str], root: Path = ROOT) -> str:
    """Return a hash of the names and contents of the files that patterns match."""
    whole = hashlib.sha256()
    for path in sorted(_files(patterns, root)):
        whole.update(path.relative_to(root).as_posix().encode() + b"\0")
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return f"sha256:{whole.hexdigest()}"


def _files(patterns: Iterable[str], root: Path) -> Iterator[Path]:
    found = {path for pattern in patterns for path in root.glob(f"{pattern}/*" if pattern.endswith("**") else pattern)}
    return (path for path in found if path.is_file() and "__pycache__" not in path.parts)


def commit(root: Path = ROOT) -> str:
    """Return the commit that is checked out; nothing outside a checkout."""
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=False)
    return done.stdout.strip()
