"""A path of the repository exists that code builds on, or a build file or workflow names, patterns included."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.style.sources import PACKAGES, ROOT, parsed, python_files, relative
from tests.style.test_named_files import NOT_WRITTEN

TOPS = ("bench", "components", "docs", "policies", "quadrant_platform", "requirements", "systems", "tests", "tools")
NAMED = re.compile(rf"(?<![\w./-])((?:{'|'.join(TOPS)})/[\w./*-]*[\w*])")
ELSEWHERE = {
    "docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml",  # in the module of Traefik
}
BUILD = [ROOT / "Makefile", ROOT / "pyproject.toml", ROOT / ".ci" / "run", *(ROOT / ".github").rglob("*.yaml")]
SPELT_IN_PARTS = ("tests/cluster/test_", "tests/golden/")
"""Beginnings of names that code completes."""


def texts(path: Path) -> Iterator[str]:
    """Yield the string constants of a Python file, or the whole text of another one."""
    if path.suffix != ".py":
        yield path.read_text(encoding="utf-8")
        return
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@pytest.mark.parametrize("path", [*python_files(*PACKAGES, "tools", "bench"), *BUILD], ids=relative)
def test_a_path_that_is_named_exists(path: Path) -> None:
    names = {name for text in texts(path) for name in NAMED.findall(text)} - ELSEWHERE - NOT_WRITTEN.keys()
    absent = [
        name for name in sorted(names) if not name.startswith(SPELT_IN_PARTS) and not any(ROOT.glob(name.rstrip("/")))
    ]
    assert not absent, f"{relative(path)} names {absent}: moved or removed"
