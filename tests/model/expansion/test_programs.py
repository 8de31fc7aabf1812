"""A stand-in runs in place of the system's own images, and changes nothing else in any stack."""

import json
from functools import cache

import pytest

from quadrant_platform.policies.pack import Config, check
from quadrant_platform.program import stacks
from quadrant_platform.program.recorder import record
from tests.components.sample import planned
from tests.lab.sample.files import IMAGE, program
from tests.stacks import STACKS, Manifest, containers, identity, recorded

PROGRAM = ("image", "command", "args")


@cache
def with_stand_in(system: str, stage: str) -> list[Manifest]:
    """What a stack registers with a stand-in."""
    config = stacks.config_for(system, stage)
    overrides = json.loads(config.get("quadrant:overrides", "{}")) | {"standIn": IMAGE}
    return record({**config, "quadrant:overrides": json.dumps(overrides)}, stacks.stack_name(system, stage)).manifests()


def programs_removed(manifests: list[Manifest], own: set[str]) -> dict[tuple[str, str, str], Manifest]:
    """Copies without what the containers of these names run."""
    copies: list[Manifest] = json.loads(json.dumps(manifests))
    for container in (one for copy in copies for one in containers(copy) if one["name"] in own):
        for key in PROGRAM:
            container.pop(key, None)
    return {identity(copy): copy for copy in copies}


@pytest.mark.parametrize(("system", "stage"), STACKS)
def test_nothing_but_the_programs_of_own_images_changes(system: str, stage: str) -> None:
    changed = with_stand_in(system, stage)
    own = {one["name"] for manifest in changed for one in containers(manifest) if one.get("image") == IMAGE}
    assert own, "every system has images of its own"
    usual = programs_removed(recorded(system, stage).manifests(), own)
    assert programs_removed(changed, own) == usual, "probes, files, policies and the matrix are the system's"


@pytest.mark.parametrize(("system", "stage"), STACKS)
def test_a_stack_with_a_stand_in_breaks_no_policy(system: str, stage: str) -> None:
    found = check(with_stand_in(system, stage), Config(exemptions=()))
    assert not found, "the stand-in runs under the same profile"


@pytest.mark.parametrize(("system", "stage"), STACKS)
def test_a_stand_in_is_called_by_a_command_of_its_own(system: str, stage: str) -> None:
    every = (one for manifest in with_stand_in(system, stage) for one in containers(manifest))
    for one in (one for one in every if one.get("image") == IMAGE):
        assert one["command"] == ["python3", "-m", "sample"], "nothing depends on an image's entry point"
        assert one["args"][1] == f"--name={one['name']}", "it has the name of the workload that it replaces"


def test_an_own_image_overrides_the_stand_in() -> None:
    own = "registry.example.com/web:2.0.0"
    shop = planned(overrides={"standIn": IMAGE, "images": {"web": own}})
    assert program(shop, "web").image == own, "images are replaced one by one"
    assert program(shop, "web").command == shop.system.services["web"].command, "each with its own command"


def test_without_a_setting_nothing_is_replaced() -> None:
    shop = planned()
    assert all(program(shop, name).image == service.image for name, service in shop.system.services.items()), "as ever"


def test_a_job_with_scripts_keeps_the_tools_that_they_need() -> None:
    shop = planned(overrides={"standIn": IMAGE})
    jobs = {name: job for name, job in shop.system.jobs.items() if name in shop.topology.endpoints and job.files}
    assert jobs, "the shop has such a job"
    assert all(program(shop, name).image == job.image for name, job in jobs.items()), "a stand-in has no such tools"
