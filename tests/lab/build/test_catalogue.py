"""The catalogue has all that the systems' dev stacks need, and its pins agree with its module folders."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from quadrant_platform.lab.build.catalogue import ABSENT, IMAGES, UNPUBLISHED
from quadrant_platform.lab.build.go_modules import KUBERNETES, MODULES, PROGRAMS, GoModule
from quadrant_platform.lab.build.image import normalised
from quadrant_platform.model.loader import system_file, systems
from tests.style.sources import ROOT

RENDERED = sorted((ROOT / "tests/golden").glob("*-dev.yaml"))


def _named(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("image"), str):
            yield node["image"]
        node = list(node.values())
    if isinstance(node, list):
        for part in node:
            yield from _named(part)


def _services() -> set[str]:
    """Return the images of the systems' own services, in whose place the sample service runs."""
    text = "".join(system_file(name).read_text(encoding="utf-8") for name in systems())
    return {normalised(name) for name in re.findall(r"image: *\"?([^\s\",}]+)", text)}


@pytest.mark.parametrize("file", RENDERED, ids=lambda file: file.stem)
def test_each_image_of_a_dev_stack_can_be_made_or_has_its_reason(file: Any) -> None:
    loaded = yaml.load_all(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    names = {normalised(name) for document in loaded for name in _named(document)}
    unknown = names - set(IMAGES) - set(ABSENT) - _services()
    assert names, "a dev stack runs something"
    assert not unknown, f"{sorted(unknown)}: add them to the catalogue, or to ABSENT with the reason"


def test_what_a_systems_owners_alone_could_publish_is_loaded_wherever_a_stack_runs() -> None:
    owners = {f"docker.io/{name}/" for name in systems()}
    made = {name for name in IMAGES if any(name.startswith(owner) for owner in owners)}
    assert made <= UNPUBLISHED <= set(IMAGES), "a node with Docker would wait for it for ever"


def test_images_hold_programs_of_the_catalogue_only() -> None:
    unknown = {program for image in IMAGES.values() for program in image.programs.values()} - set(PROGRAMS)
    assert not unknown, f"{sorted(unknown)}: no module folder makes them"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_a_module_pins_what_it_makes(module: GoModule) -> None:
    pins = (module.folder / "go.mod").read_text(encoding="utf-8")
    own = [package for package in module.programs.values() if package.startswith("./")]
    tools = [package for package in module.programs.values() if package not in own]
    assert all(package in pins for package in tools), f"{module.folder}/go.mod does not name {tools}"
    assert all((module.folder / package).is_dir() for package in own), f"{own} are the lab's own programs"
    assert not re.search(r"=> *[./]", pins), "a path of one machine would be a requirement"


def test_kubernetes_programs_report_the_version_that_they_are() -> None:
    pins = (PROGRAMS["kubelet"].folder / "go.mod").read_text(encoding="utf-8")
    assert f"k8s.io/kubernetes {KUBERNETES} " in pins, "the linker sets another version than go.mod requires"
