"""The decisions are numbered without gaps, each has its status and date, and the index lists all of them."""

import datetime
import re
from pathlib import Path

import pytest

from tests.style.sources import ROOT

FOLDER = ROOT / "docs" / "decisions"
FILES = sorted(file for file in FOLDER.glob("*.md") if file.name != "README.md")
NAME = re.compile(r"(\d{4})-[a-z0-9]+(-[a-z0-9]+)*\.md")
HEAD = re.compile(r"# (?P<number>\d+)\. (?P<title>.+)\n\n(?P<status>.+)\n\n")
STATUS = re.compile(r"(?P<status>Accepted|Superseded by \[\d+\]\(\d{4}[a-z0-9-]+\.md\)) on (?P<date>\d{4}-\d\d-\d\d)\.")
ROW = re.compile(r"\| (\d+) \| \[(.+)\]\((.+)\) \| (\S+) \| (\S+) \|")
PARTS = ("**Decision.** ", "**Why", "**Cost.** ")
LINES_OF_A_PAGE = 50


def head(file: Path) -> re.Match[str]:
    found = HEAD.match(file.read_text(encoding="utf-8"))
    assert found, f"{file.name} begins with `# N. Title` and a line with status and date"
    return found


def status(file: Path) -> re.Match[str]:
    found = STATUS.fullmatch(head(file)["status"])
    assert found, f"{file.name} needs a line such as `Accepted on 2026-11-21.`"
    return found


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(file.name[:4]) for file in FILES]
    assert numbers == list(range(1, len(FILES) + 1)), "a gap looks like a lost page"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_decision_has_a_number_a_status_and_a_date(file: Path) -> None:
    assert NAME.fullmatch(file.name), "the name is the number and a few words"
    assert int(head(file)["number"]) == int(file.name[:4]), "heading and file name have one number"
    assert datetime.date.fromisoformat(status(file)["date"]) >= datetime.date(2026, 11, 1), "the day of its commit"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_decision_gives_its_reason_and_its_cost_on_a_page(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    missing = [part for part in PARTS if f"\n{part}" not in text]
    assert not missing, f"{missing}: a reader weighs the reason against the cost"
    assert len(text.splitlines()) <= LINES_OF_A_PAGE, "a longer page is several decisions"


def test_the_index_lists_every_decision_with_title_status_and_date() -> None:
    rows = ROW.findall((FOLDER / "README.md").read_text(encoding="utf-8"))
    expected = [
        (
            head(file)["number"],
            head(file)["title"],
            file.name,
            status(file)["status"].split()[0].lower(),
            status(file)["date"],
        )
        for file in FILES
    ]
    assert rows == expected, "the index is complete, in order, and agrees with the pages"
