"""A file that a message, a policy or an alert of the product names exists."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from quadrant_platform.policies.pack import POLICIES
from tests.style.sources import PACKAGES, ROOT, parsed, python_files, relative

NOT_WRITTEN = {"docs/runbooks": "observability"}
"""Places that are named before their content exists, with the area that writes it."""
FOLDERS = ("components", "config", "docs", "policies", "quadrant_platform", "requirements", "systems", "tests", "tools")
NAMED = re.compile(
    r"(?<![\w/.*-])(?:(?:[\w.*-]+/)*[\w.*-]*[a-z*]\.(?:yaml|md|toml|py|sh|lock|json|svg)\b"
    rf"|(?:{'|'.join(FOLDERS)})/[\w./*-]*)"
)
"""A path in prose: with the suffix of a file, or below a folder of the project; an asterisk is a computed part."""
RUNBOOK = re.compile(r"runbook_url: (\S+)")


def sentences(path: Path) -> Iterator[str]:
    """Yield the texts of several words in a module, without docstrings, computed parts as asterisks."""
    tree = parsed(path)
    aside = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    aside |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in aside:
            continue
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values)
        else:
            text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if " " in text:
            yield text


@cache
def named() -> dict[str, str]:
    """Return every path that the product names, with one place that names it."""
    found: dict[str, str] = {}
    for file in python_files(*PACKAGES):
        for text in sentences(file):
            found |= dict.fromkeys((path.rstrip("/.") for path in NAMED.findall(text)), relative(file))
    for file in sorted((ROOT / "tests" / "golden").glob("*.yaml")):
        found |= dict.fromkeys(RUNBOOK.findall(file.read_text(encoding="utf-8")), relative(file))
    return found | {policy.url: f"policy {name}" for name, policy in POLICIES.items()}


def place_of(path: str) -> str | None:
    """Return the place that is still to be written, if the path lies there."""
    return next((place for place in NOT_WRITTEN if path == place or path.startswith(f"{place}/")), None)


def test_a_file_that_a_message_or_an_alert_names_exists() -> None:
    paths = {path: source for path, source in named().items() if place_of(path) is None}
    missing = {path: source for path, source in paths.items() if not any(ROOT.glob(path))}
    assert not missing, f"{missing}: whoever follows the message finds nothing"
    assert any(source.startswith("policy") for source in paths.values()), "the pages of the policies are among them"


@pytest.mark.parametrize("place", NOT_WRITTEN)
def test_a_place_that_is_still_to_be_written_is_named_and_missing(place: str) -> None:
    paths = [path for path in named() if place_of(path) == place]
    assert paths, f"nothing names {place} any more: take it off the list"
    assert not (ROOT / place).exists(), f"{place} exists: take it off the list, so that every name in it is checked"
