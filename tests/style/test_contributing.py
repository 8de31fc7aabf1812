"""What the guide for contributors shows still works."""

import re
from pathlib import Path

import pytest
import yaml

from quadrant_platform.model.loader import load_system, system_file
from quadrant_platform.model.schema.exposure import FlowRow, Route
from quadrant_platform.model.schema.service import ServiceSpec
from tests.style.sources import ROOT

GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
LINES_OF_A_PAGE = 40


def test_the_service_of_the_guide_is_valid() -> None:
    example = re.search(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    assert example, "the guide shows a service"
    document = yaml.safe_load(example.group(1))
    service = ServiceSpec.model_validate(document["services"]["reports"])
    rows = [FlowRow.model_validate(row) for row in document["flows"]]
    assert service.ports == {"http": 3002}, "the example is read as a reader would"
    assert [row.source for row in rows] == ["reports"], "the way from the edge follows from the route"
    assert Route.model_validate(document["edge"]["routes"]["reports"]).to == "reports", "the route leads to it"


def test_the_service_of_the_guide_fits_the_system_that_it_is_for(tmp_path: Path) -> None:
    example = yaml.safe_load(GUIDE.partition("```yaml\n")[2].partition("```")[0])
    system = yaml.safe_load(system_file("motovault").read_text(encoding="utf-8"))
    system["services"] |= example["services"]
    system["flows"] += [row for row in example["flows"] if row not in system["flows"]]
    system["edge"]["routes"] |= example["edge"]["routes"]
    file = tmp_path / "motovault.yaml"
    file.write_text(yaml.safe_dump(system), encoding="utf-8")
    assert "reports" in load_system(file).services, "a copy of the example has no errors"


@pytest.mark.parametrize(
    "section", re.split(r"^## ", GUIDE, flags=re.MULTILINE)[1:], ids=lambda text: text.split("\n")[0]
)
def test_a_section_of_the_guide_is_under_a_page(section: str) -> None:
    assert len(section.splitlines()) <= LINES_OF_A_PAGE, "a longer one is not read before a change"


def test_the_guide_names_only_commands_that_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {word for call in re.findall(r"`make ([a-z -]+)", GUIDE) for word in call.split()}
    assert named <= targets, f"{sorted(named - targets)} is no target of the Makefile"
