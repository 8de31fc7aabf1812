"""Dependencies point one way: a package imports only what lies on a lower floor."""

import ast
import re
import sys
from pathlib import Path

import pytest

from tests.style.sources import PACKAGES, ROOT, parsed, python_files, relative

FLOORS: dict[str, set[str]] = {
    "host": set(),
    "documents": set(),
    "reachability": {"documents"},
    "model": {"host", "documents", "reachability"},
    "preflight": {"host", "documents", "model"},
    "components": {"documents", "reachability", "model", "preflight"},
    "policies": {"host", "documents", "reachability"},
    "program": {"host", "documents", "reachability", "model", "preflight", "policies"},
    "lab": {"host", "documents"},
    "applier": {"host", "documents", "model", "preflight", "program", "lab"},
    "commands": {
        "host", "documents", "reachability", "model", "preflight", "policies", "program", "lab", "applier",
    },
}  # fmt: skip
"""What each package may import beside itself and the modules at the top of quadrant_platform."""
INNER_FLOORS = {
    "model": ("schema", "expansion", "consistency"),
    "components": (
        "builders", "base", "credentials", "network", "cache", "database", "messaging", "monitoring", "storage",
        "workload", "edge", "stack",
    ),
    "lab": ("sample", "machine", "build", "network", "kubernetes", "lifecycle", "kind"),
    "applier": ("observed", "clusters", "planning", "status", "applying"),
}  # fmt: skip
"""The folders of a package from the lowest floor up."""
FACES = ("reachability", "applier")
"""Packages that others import as a whole, never a module of."""
WITHOUT_PULUMI = {"host", "documents", "reachability", "model", "preflight", "lab"}


def _package(path: Path) -> str:
    parts = [part for part in relative(path).split("/") if part != "quadrant_platform"]
    return parts[0]


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", python_files(*PACKAGES), ids=relative)
def test_a_package_imports_only_what_lies_below_it(path: Path) -> None:
    package = _package(path)
    if package not in FLOORS:
        return
    ours = {name.split(".")[1] for name in _imports(path) if name.startswith("quadrant_platform.")} & set(FLOORS)
    assert ours <= FLOORS[package] | {package}, f"{relative(path)} imports {sorted(ours)}: not below {package}"


@pytest.mark.parametrize("path", python_files(*PACKAGES), ids=relative)
def test_no_product_module_imports_tests_tools_or_by_a_second_name(path: Path) -> None:
    roots = {name.partition(".")[0] for name in _imports(path)}
    wrong = roots & ({"tests", "tools", "bench"} | set(FLOORS))
    assert not wrong, f"{relative(path)} imports {sorted(wrong)}: modules have one name, quadrant_platform.…"


@pytest.mark.parametrize("path", python_files(*PACKAGES), ids=relative)
def test_the_lower_floors_know_nothing_of_pulumi(path: Path) -> None:
    roots = {name.partition(".")[0] for name in _imports(path)}
    engine = {name for name in roots if name.startswith("pulumi")}
    assert _package(path) not in WITHOUT_PULUMI or not engine, f"{relative(path)} imports {sorted(engine)}"


@pytest.mark.parametrize("path", python_files(*PACKAGES, "tools", "bench"), ids=relative)
def test_a_package_with_one_face_is_imported_by_it(path: Path) -> None:
    faces = "|".join(sorted({*FACES} - {_package(path)}))
    inside = {name for name in _imports(path) if re.match(rf"quadrant_platform\.({faces})\.[a-z_]+\.", name)}
    assert not inside, f"{relative(path)} imports {sorted(inside)}: import from the package itself"


@pytest.mark.parametrize("path", python_files(*(f"quadrant_platform/{name}" for name in INNER_FLOORS)), ids=relative)
def test_a_folder_of_a_package_imports_only_what_lies_below_it(path: Path) -> None:
    package, *inner = relative(path).split("/")[1:-1]
    floors = INNER_FLOORS[package]
    above = floors[floors.index(inner[0]) + 1 :] if inner else ()
    wrong = {name for name in _imports(path) if name.split(".")[1:2] == [package] and name.split(".")[2] in above}
    assert not wrong, f"{relative(path)} imports {sorted(wrong)}: not below {inner}"


def test_no_module_of_the_policy_pack_hides_one_of_the_standard_library() -> None:
    names = {path.stem for path in (ROOT / "policies").glob("*")} - {"__init__", "__main__"}
    hidden = names & sys.stdlib_module_names
    assert not hidden, f"{sorted(hidden)}: the pack's folder comes first on its path when the engine starts it"
