"""A name means one thing: classes are unique over the packages, and module names are not handed around."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

from tests.style.sources import PACKAGES, parsed, python_files, relative
from tests.style.test_floors import module_name

COMMON = {"__init__", "__main__", "cli"}
MOST_FOLDERS = 2


def package(path: Path) -> str:
    """Return the package of the product that a file belongs to."""
    return module_name(path).split(".")[1]


def test_no_two_packages_have_a_public_class_of_one_name() -> None:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for path in python_files(*PACKAGES):
        for node in parsed(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name][package(path)] = relative(path)
    shared = {name: sorted(places.values()) for name, places in found.items() if len(places) > 1}
    assert not shared, f"{shared}: rename one, so that a reader need not ask which is meant"


def test_no_module_name_is_in_three_folders() -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for path in python_files(*PACKAGES):
        if path.stem not in COMMON:
            found[path.stem].append(relative(path))
    repeated = {name: places for name, places in found.items() if len(places) > MOST_FOLDERS}
    assert not repeated, f"{repeated}: name each by what it alone is about"
