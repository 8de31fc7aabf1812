"""Every component is built alike: its constructor, its name, and the objects that are its children."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest

from quadrant_platform.components.base.component import Address, Component
from quadrant_platform.components.base.mounts import mounted, provides
from quadrant_platform.components.builders.manifests import Manifest, config_map, metadata
from quadrant_platform.components.network.isolation import Isolation
from tests.components.sample import args, planned, registered
from tests.stacks import STACKS, recorded
from tests.style.sources import parsed, python_files, relative

TOKEN = re.compile(r"[a-z]+:(?P<name>[A-Z][A-Za-z]+)")
FEWEST_COMPONENTS = 12


def subclasses(of: type[Any]) -> Iterator[type[Component[Any, Any]]]:
    """Every class below another that builds something."""
    for one in of.__subclasses__():
        yield from subclasses(one)
        if "token" in one.__dict__:
            yield one


for path in python_files("components"):
    importlib.import_module(f"quadrant_platform.{relative(path).removesuffix('.py').replace('/', '.')}")
COMPONENTS = sorted(subclasses(Component), key=lambda one: one.__name__)
components = pytest.mark.parametrize("component", COMPONENTS, ids=lambda one: one.__name__)
stacks = pytest.mark.parametrize(("system", "stage"), STACKS)


def test_all_components_of_the_program_are_found() -> None:
    assert len(COMPONENTS) >= FEWEST_COMPONENTS, "the tests below would hold of an empty list"


@components
def test_a_component_is_constructed_from_name_args_and_options(component: type[Component[Any, Any]]) -> None:
    parameters = inspect.signature(component.__init__).parameters
    assert component.__init__ is Component.__init__, "a reader of one component has read them all"
    assert list(parameters) == ["self", "name", "args", "opts"], "what Pulumi's components take"
    assert parameters["opts"].default is None, "options are optional"


@components
def test_a_component_has_one_searchable_token_of_its_name(component: type[Component[Any, Any]]) -> None:
    match = TOKEN.fullmatch(component.token)
    assert match, f"{component.token!r} is not <area>:<Name>"
    assert match["name"] == component.__name__, "state and code call it the same"
    source = Path(inspect.getfile(component)).read_text(encoding="utf-8")
    assert f'token = "{component.token}"' in source, "a type token that is computed cannot be searched for"


@components
def test_a_component_declares_its_inputs_and_outputs(component: type[Component[Any, Any]]) -> None:
    taken = inspect.signature(component.manifests).parameters
    assert list(taken) == ["inputs"], "its objects depend on its inputs alone"
    assert taken["inputs"].annotation is not inspect.Parameter.empty, "and these have a type"
    given = inspect.signature(component.results).return_annotation
    assert given not in (inspect.Signature.empty, "None"), "and so have its outputs"


@components
def test_a_component_shares_its_file_with_no_other(component: type[Component[Any, Any]]) -> None:
    beside = [one.__name__ for one in COMPONENTS if one.__module__ == component.__module__]
    assert beside == [component.__name__], "one concept a file"


def test_no_two_components_share_a_type_token() -> None:
    tokens = [one.token for one in COMPONENTS]
    assert len(tokens) == len(set(tokens)), "they would share URNs"


def test_a_component_gives_its_outputs_to_the_stack() -> None:
    given: list[Mapping[str, Any]] = []

    class Probe(Component[str, Address]):
        token = "test:Probe"

        @staticmethod
        def manifests(inputs: str) -> Iterator[Manifest]:
            yield config_map(metadata("shop-core", inputs), {})

        @staticmethod
        def results(inputs: str) -> Address:
            return Address(inputs, 80)

        def register_outputs(self, outputs: Any) -> None:
            given.append(outputs)
            super().register_outputs(outputs)

    made: list[Probe] = []
    found = registered(lambda: made.append(Probe("probe", args("web"))))
    assert [one.type for one in found] == ["quadrant:test:Probe", "kubernetes:core/v1:ConfigMap"], "and its objects"
    assert made[0].outputs == Address("web", 80), "others read them as attributes"
    assert given == [{"service": "web", "port": 80}], "and users as outputs"


@stacks
def test_every_object_belongs_to_a_component(system: str, stage: str) -> None:
    resources = recorded(system, stage).resources
    owners = {one.urn for one in resources if one.type.startswith("quadrant:")}
    stray = [one.urn for one in resources if not one.type.startswith("quadrant:") and one.parent not in owners]
    assert not stray, f"{stray[:3]}: no component owns it"


@stacks
def test_children_wait_for_their_namespace_and_not_for_what_the_caller_waits_for(system: str, stage: str) -> None:
    resources = {one.urn: one for one in recorded(system, stage).resources}
    for one in resources.values():
        for urn in one.dependencies:
            needed = resources[urn].type
            assert not needed.startswith("quadrant:"), f"{one.urn} waits for all of {urn}"
            assert not needed.startswith("pulumi:providers"), f"{one.urn} names its provider as a dependency"


def test_children_do_not_inherit_what_their_component_waits_for() -> None:
    def build() -> None:
        first = pulumi.ComponentResource("quadrant:test:First", "first")
        waits = pulumi.ResourceOptions(depends_on=[first])
        Isolation("isolation", args(planned()), waits)

    found = registered(build)
    waiting = [one.name for one in found if one.is_manifest and one.dependencies]
    assert len(found) > 2, "the component has children"
    assert not waiting, f"{waiting}: an object waits for what it needs itself, and for nothing else"


@stacks
def test_an_object_waits_for_the_denial_of_its_namespace(system: str, stage: str) -> None:
    resources = recorded(system, stage).resources
    denials = {one.inputs["metadata"]["namespace"]: one.urn for one in resources
               if one.is_manifest and one.inputs["metadata"]["name"] == "default-deny"}  # fmt: skip
    open_pods = [
        one.urn
        for one in resources
        if one.is_manifest and one.inputs["kind"] in ("Deployment", "StatefulSet", "Rollout", "Cluster", "Job")
        and denials[one.inputs["metadata"]["namespace"]] not in one.dependencies
    ]  # fmt: skip
    assert denials, "every namespace is closed"
    assert not open_pods, f"{open_pods}: its pods could start before the namespace is closed"


@stacks
def test_pods_wait_for_the_files_that_they_mount(system: str, stage: str) -> None:
    manifests = [one for one in recorded(system, stage).resources if one.is_manifest]
    bringing = {name: one.urn for one in manifests for name in provides(one.inputs)}
    waiting = [(one, name) for one in manifests for name in mounted(one.inputs) if name in bringing]
    early = [(one.urn, name) for one, name in waiting if bringing[name] not in one.dependencies]
    assert waiting, "there are pods that mount files"
    assert not early, f"{early[:3]}: the kubelet would try in vain, and wait longer after each time"


@stacks
def test_no_service_inside_the_cluster_is_waited_for(system: str, stage: str) -> None:
    services = [one.inputs for one in recorded(system, stage).resources if one.type == "kubernetes:core/v1:Service"]
    waited = [
        (one["metadata"]["name"], one["spec"].get("type", "ClusterIP"))
        for one in services
        if one["metadata"].get("annotations", {}).get("pulumi.com/skipAwait") != "true"
    ]
    assert len(services) > len(waited), "there are Services inside the cluster"
    assert {kind for _, kind in waited} <= {"LoadBalancer"}, f"{waited}: each would hold a place for ten seconds"


@stacks
def test_logical_names_carry_neither_stack_nor_version(system: str, stage: str) -> None:
    names = {one.name for one in recorded(system, stage).resources}
    staged = {name for name in names if re.search(rf"(^|[-/]){stage}($|[-/])", name)}
    assert not staged, f"{staged}: the same resource would have two names"


def test_every_component_is_built_by_some_stack() -> None:
    built = {one.type for system, stage in STACKS for one in recorded(system, stage).resources}
    unused = {f"quadrant:{one.token}" for one in COMPONENTS} - built
    assert not unused, f"{unused}: code that nothing reaches"


def test_components_ask_the_plan_and_not_what_it_was_made_from() -> None:
    asking = {
        relative(path): node.attr
        for path in python_files("components")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and node.attr in ("system", "environment")
    }
    assert not asking, f"{asking}: what depends on the environment is decided once, in the plan"
