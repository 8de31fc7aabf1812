"""The walk of a flow row in docs/architecture.md shows what the commands and the policies really do."""

import re
import shlex

import pytest

from quadrant_platform.commands.cli import main
from quadrant_platform.policies.pack import POLICIES
from tests.style.sources import ROOT
from tests.style.test_dependencies import FLOORS

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
SESSION = re.search(r"^```console\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
ANALYZERS = {"network-config-analyzer"}
PICTURE = ROOT / "docs" / "flow.svg"


def commands() -> list[tuple[str, list[str]]]:
    """The commands that the page shows, each with the lines shown of its answer."""
    assert SESSION, "the page shows a session"
    calls = [part.splitlines() for part in SESSION[1].split("$ ")[1:]]
    return [(lines[0], lines[1:]) for lines in calls]


@pytest.mark.parametrize(("command", "shown"), commands(), ids=lambda part: part if isinstance(part, str) else "")
def test_a_command_of_the_page_answers_as_shown(
    command: str, shown: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(shlex.split(command)[1:])
    answer = capsys.readouterr().out.splitlines()
    assert answer[: len(shown)] == shown, "a reader who types it sees the same"


def test_the_policies_of_the_page_are_those_that_compare_with_the_matrix() -> None:
    step = PAGE.partition("### 4.")[2].partition("### 5.")[0]
    listed = set(re.findall(r"^- `([a-z-]+)`:", step, re.MULTILINE))
    source = (ROOT / "policies/rules/network/matrix_proof.py").read_text(encoding="utf-8")
    assert listed == {name for name in POLICIES if f'name="{name}"' in source}, "all of the file, and no other"


def test_the_picture_names_what_exists() -> None:
    texts = re.findall(r"<text[^>]*>([^<]+)</text>", PICTURE.read_text(encoding="utf-8"))
    places = [text for text in texts if re.fullmatch(r"[a-z]+(/[\w.-]+)+", text)]
    missing = [place for place in places if not (ROOT / place).exists()]
    assert places, "it names files"
    assert not missing, f"{missing}: moved or removed"
    unknown = {text for text in texts if re.fullmatch(r"[a-z]+(-[a-z]+)+", text)} - set(POLICIES) - ANALYZERS
    assert not unknown, f"{unknown}: no policy of the pack"


def test_the_floors_of_the_page_are_those_that_the_style_tests_hold() -> None:
    rows = re.findall(r"^\| (\d) \| `(?:quadrant_platform/)?(\w+)` \|", PAGE, re.MULTILINE)
    floors = {package: int(floor) for floor, package in rows}
    assert floors.keys() == FLOORS.keys(), "every package has its floor"
    upward = [(package, other) for package in FLOORS for other in FLOORS[package] if floors[other] >= floors[package]]
    assert not upward, f"{upward}: a package imports only from floors below its own"
