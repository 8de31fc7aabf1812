"""Evidence holds as long as none of the files changes that it covers."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tools.ledger import areas
from tools.ledger.areas import AREAS, digest
from tools.ledger.demands import ROOT

PATTERNS = ("systems/**", "*.py")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "systems" / "one").mkdir(parents=True)
    (tmp_path / "systems" / "one" / "system.yaml").write_text("a: 1\n", encoding="utf-8")
    (tmp_path / "main.py").write_text("x = 1\n", encoding="utf-8")
    (tmp_path / "README.md").write_text("text\n", encoding="utf-8")
    return tmp_path


def change(path: Path) -> None:
    path.write_text("changed\n", encoding="utf-8")


def move(path: Path) -> None:
    path.rename(path.with_name("moved.yaml"))


@pytest.mark.parametrize("do", [change, move, Path.unlink])
def test_a_change_of_a_covered_file_changes_the_hash(tree: Path, do: Callable[[Path], None]) -> None:
    before = digest(PATTERNS, tree)
    do(tree / "systems" / "one" / "system.yaml")
    assert digest(PATTERNS, tree) != before, "content, name and presence count"


def test_files_beside_the_covered_ones_do_not_count(tree: Path) -> None:
    before = digest(PATTERNS, tree)
    change(tree / "README.md")
    (tree / "systems" / "__pycache__").mkdir()
    change(tree / "systems" / "__pycache__" / "x.pyc")
    assert digest(PATTERNS, tree) == before, "neither other files nor compiled ones"


@pytest.mark.parametrize("area", AREAS.values(), ids=lambda area: str(area.name))
def test_every_pattern_of_an_area_matches_a_file(area: areas.Area) -> None:
    empty = [pattern for pattern in area.inputs if digest([pattern]) == digest([])]
    assert not empty, f"{area.name} does not depend on {empty}, which a moved folder would hide"


@pytest.mark.parametrize("area", AREAS.values(), ids=lambda area: str(area.name))
def test_an_area_has_long_proofs_and_a_short_one(area: areas.Area) -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "cluster").rglob("test_*.py")]
    for mark in (f'mark.prove("{area.name}")', f'mark.prove("{area.name}", short=True)'):
        assert any(mark in text for text in texts), f"{area.name}: no test has {mark}"


def test_the_checked_out_commit_is_known_in_a_checkout_only(tmp_path: Path) -> None:
    assert areas.commit(tmp_path) == "", "a copy without history has none"
