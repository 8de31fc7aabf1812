"""A file of the repository that code, build files or workflows name exists: in a remedy, a link, or a pattern."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.style.sources import PACKAGES, ROOT, parsed, python_files, relative

TOPS = ("bench", "components", "docs", "policies", "quadrant_platform", "requirements", "systems", "tests", "tools")
NAMED = re.compile(rf"(?<![\w./-])((?:{'|'.join(TOPS)})/[\w./*-]*[\w*])")
ELSEWHERE = {
    "docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml",  # in the module of Traefik
}
TO_COME = {
    "docs/runbooks",  # the pages to which alerts lead come with the runbooks of each system
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
    names = {name for text in texts(path) for name in NAMED.findall(text)} - ELSEWHERE - TO_COME
    absent = [
        name for name in sorted(names) if not name.startswith(SPELT_IN_PARTS) and not any(ROOT.glob(name.rstrip("/")))
    ]
    assert not absent, f"{relative(path)} names {absent}: moved or removed"


def test_the_list_of_paths_to_come_only_shrinks() -> None:
    there = [name for name in sorted(TO_COME) if (ROOT / name).exists()]
    assert not there, f"{there} exists: take it off the list"
