"""The repository's own files, as the style tests see them."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("quadrant_platform", "components", "policies")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def relative(path: Path) -> str:
    """Return a path as a test's id."""
    return path.relative_to(ROOT).as_posix()


def python_files(*folders: str) -> list[Path]:
    """Return the Python files of some folders, sorted."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(path: Path) -> Iterator[Function]:
    """Yield all functions and methods of a file."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imported_packages(path: Path) -> set[str]:
    """Return the top-level packages that a file imports anywhere, its own package for a relative import."""
    found: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0] if not node.level else relative(path).split("/")[0])
    return found


@cache
def committed_texts() -> dict[str, str]:
    """Return the text of every file that is under version control, by path; none outside a checkout."""
    listing = subprocess.run(
        ["git", "ls-files", "-z"], capture_output=True, check=False, cwd=ROOT, text=True, timeout=60
    )
    paths = [ROOT / name for name in listing.stdout.split("\0") if name]
    raw = {relative(path): path.read_bytes() for path in paths if path.is_file()}
    return {name: data.decode("utf-8") for name, data in raw.items() if b"\0" not in data}
