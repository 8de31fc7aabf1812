"""All locks pin every package by version and hash and hold no address."""

import re
import tomllib

import pytest

from tests.style.sources import ROOT

LOCKS = ("requirements/dev.lock", "requirements/nca.lock", "requirements/checkov.lock")
PINNED = re.compile(r"^[a-z0-9][a-z0-9._-]*==[^\s;]+( ; .+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")


def _normal(requirement: str) -> str:
    return requirement.lower().replace("_", "-")


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_only_pinned_and_hashed_packages(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    odd = [line for line in lines if line.strip() and not re.match(r"\s*#", line)]
    odd = [line for line in odd if not (PINNED.match(line) or HASH.match(line))]
    assert not odd, f"{name}: {odd[:3]} is neither a pinned package nor its hash"


def test_the_lock_agrees_with_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    lock = (ROOT / "requirements" / "dev.lock").read_text(encoding="utf-8")
    locked = {line.removesuffix(" \\") for line in lock.splitlines() if PINNED.match(line)}
    absent = [name for name in wanted if _normal(name) not in locked]
    assert not absent, f"{absent} is not in requirements/dev.lock: run `make lock`"
