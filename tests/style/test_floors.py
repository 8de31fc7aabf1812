"""At every level of the tree, what a folder holds lies on floors: imports lead downwards, and never in a circle."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.style.sources import PACKAGES, parsed, python_files, relative

Graph = dict[str, set[str]]


def module_name(path: Path) -> str:
    """Return the name under which a file is imported; a package is its `__init__`."""
    parts = [part for part in relative(path).removesuffix(".py").split("/") if part != "quadrant_platform"]
    return ".".join(["quadrant_platform", *parts])


@cache
def modules() -> dict[str, Path]:
    """Return the product's files by module name."""
    return {module_name(path): path for path in python_files(*PACKAGES)}


def imports(path: Path) -> Iterator[str]:
    """Yield the product's modules that a file imports anywhere, in functions too."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from filter(None, (_resolved(alias.name) for alias in node.names))
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from filter(None, (_resolved(f"{node.module}.{alias.name}", node.module) for alias in node.names))


def _resolved(*names: str) -> str | None:
    known = modules()
    return next((place for name in names for place in (name, f"{name}.__init__") if place in known), None)


def levels(graph: Graph) -> dict[str, Graph]:
    """Return for each folder what its children import of one another."""
    found: dict[str, Graph] = {}
    for source, targets in graph.items():
        for target in targets:
            one, other = source.split("."), target.split(".")
            depth = next(index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
            children = found.setdefault(".".join(one[:depth]), {})
            children.setdefault(one[depth], set()).add(other[depth])
    return found


def circle(graph: Graph) -> list[str]:
    """Return the names of a circle, the first at both ends; none where the graph has floors."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


@cache
def product() -> Graph:
    """Return what every module of the product imports of it, itself aside."""
    return {name: set(imports(path)) - {name} for name, path in modules().items()}


def test_no_module_imports_itself_by_way_of_others() -> None:
    assert not circle(product()), f"{' <- '.join(circle(product()))}: move what both need below them"


@pytest.mark.parametrize("folder", sorted(levels(product())))
def test_what_a_folder_holds_lies_on_floors(folder: str) -> None:
    found = circle(levels(product())[folder])
    assert not found, f"{folder}: {' <- '.join(found)}: an import leads up; move what is needed below"


def test_a_circle_of_folders_is_found_where_modules_have_none() -> None:
    graph = {"a.low.x": {"a.high.y"}, "a.high.z": {"a.low.w"}, "a.high.y": set[str](), "a.low.w": set[str]()}
    assert not circle(graph), "no module imports itself"
    assert sorted(set(circle(levels(graph)["a"]))) == ["high", "low"], "the two folders import each other"


def test_an_import_inside_a_function_counts(tmp_path: Path) -> None:
    file = tmp_path / "late.py"
    file.write_text("def late():\n    from quadrant_platform.documents import problems\n")
    assert list(imports(file)) == ["quadrant_platform.documents.problems"], "hidden imports make circles too"
