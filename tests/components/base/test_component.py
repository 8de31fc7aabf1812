"""Every component is built alike: its constructor, its name, and the objects that are its children."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from pathlib import Path
from typing import NamedTuple

import pulumi
import pytest

from quadrant_platform.components.base.component import BuildContext
from quadrant_platform.components.builders.mount_sources import mounted, provides
from quadrant_platform.components.network.isolation import Isolation
from tests.components.sample import planned, registered
from tests.stacks import STACKS, recorded
from tests.style.sources import parsed, python_files, relative

TOKEN = re.compile(r"quadrant:[a-z]+:(?P<name>[A-Z][A-Za-z]+)")
FEWEST_COMPONENTS = 12


class Definition(NamedTuple):
    """A component's class in its file."""

    path: Path
    node: ast.ClassDef

    @property
    def constructor(self) -> ast.FunctionDef:
        """The class's own `__init__`."""
        [found] = [one for one in self.node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"]
        return found

    @property
    def type(self) -> type[pulumi.ComponentResource]:
        """The class itself."""
        module = importlib.import_module(relative(self.path).removesuffix(".py").replace("/", "."))
        found: type[pulumi.ComponentResource] = getattr(module, self.node.name)
        return found


def definitions() -> list[Definition]:
    """Every class in components/ that derives from ComponentResource."""
    return [
        Definition(path, node)
        for path in python_files("components")
        for node in parsed(path).body
        if isinstance(node, ast.ClassDef) and any("ComponentResource" in ast.unparse(base) for base in node.bases)
    ]


COMPONENTS = definitions()
components = pytest.mark.parametrize("component", COMPONENTS, ids=lambda one: one.node.name)
stacks = pytest.mark.parametrize(("system", "stage"), STACKS)


def super_call(component: Definition) -> ast.Call:
    """The call of the base's constructor."""
    calls = [node for node in ast.walk(component.constructor) if isinstance(node, ast.Call)]
    [found] = [call for call in calls if ast.unparse(call.func) == "super().__init__"]
    return found


def test_all_components_of_the_program_are_found() -> None:
    assert len(COMPONENTS) >= FEWEST_COMPONENTS, "the tests below would hold of an empty list"


@components
def test_a_component_is_constructed_from_name_args_and_options(component: Definition) -> None:
    parameters = inspect.signature(component.type.__init__).parameters
    assert list(parameters) == ["self", "name", "args", "opts"], "a reader of one component has read them all"
    assert parameters["opts"].default is None, "options are optional"
    untyped = [name for name, one in parameters.items() if name != "self" and one.annotation is inspect.Parameter.empty]
    assert not untyped, f"{untyped} say nothing about what they take"


@components
def test_a_component_hands_type_name_and_options_to_its_base(component: Definition) -> None:
    token, *rest = super_call(component).args
    assert [ast.unparse(one) for one in rest] == ["name", "None", "opts"], "its arguments are no inputs of its own"
    assert isinstance(token, ast.Constant), "a type token that is computed cannot be searched for"
    match = TOKEN.fullmatch(str(token.value))
    assert match, f"{token.value!r} is not quadrant:<area>:<Name>"
    assert match["name"] == component.node.name, "state and code call it the same"


@components
def test_a_component_registers_its_outputs_last(component: Definition) -> None:
    last = component.constructor.body[-1]
    assert isinstance(last, ast.Expr), "the last statement is a call"
    assert ast.unparse(last.value).startswith("self.register_outputs("), "a component is done when it says so"


@components
def test_a_component_shares_its_file_with_no_other(component: Definition) -> None:
    beside = [one.node.name for one in COMPONENTS if one.path == component.path]
    assert beside == [component.node.name], "one concept a file"


def test_no_two_components_share_a_type_token() -> None:
    tokens = [ast.unparse(super_call(one).args[0]) for one in COMPONENTS]
    assert len(tokens) == len(set(tokens)), "they would share URNs"


@stacks
def test_every_object_belongs_to_a_component(system: str, stage: str) -> None:
    resources = recorded(system, stage).resources
    owners = {one.urn for one in resources if one.type.startswith("quadrant:")}
    stray = [one.urn for one in resources if not one.type.startswith("quadrant:") and one.parent not in owners]
    assert not stray, f"{stray[:3]}: nobody answers for it"


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
        Isolation("isolation", BuildContext(planned(), {}), waits)

    found = registered(build)
    waiting = [one.name for one in found if one.is_manifest and one.dependencies]
    assert len(found) > 2, "the component has children"
    assert not waiting, f"{waiting}: an object waits for what it needs itself, and for nothing else"


@stacks
def test_an_object_comes_after_the_denial_of_its_namespace(system: str, stage: str) -> None:
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
def test_pods_come_after_the_files_that_they_mount(system: str, stage: str) -> None:
    manifests = [one for one in recorded(system, stage).resources if one.is_manifest]
    bringing = {name: one.urn for one in manifests for name in provides(one.inputs)}
    waiting = [(one, name) for one in manifests for name in mounted(one.inputs) if name in bringing]
    early = [(one.urn, name) for one, name in waiting if bringing[name] not in one.dependencies]
    assert waiting, "there are pods that mount files"
    assert not early, f"{early[:3]}: the kubelet would try in vain, and wait longer after each time"


@stacks
def test_logical_names_carry_neither_stack_nor_version(system: str, stage: str) -> None:
    names = {one.name for one in recorded(system, stage).resources}
    staged = {name for name in names if re.search(rf"(^|[-/]){stage}($|[-/])", name)}
    assert not staged, f"{staged}: the same resource would have two names"


def test_every_constructor_is_small_enough_to_read() -> None:
    long = {one.node.name: len(one.constructor.body) for one in COMPONENTS if len(one.constructor.body) > 10}
    assert not long, f"{long}: decisions belong into pure functions, where tests reach them"


def test_every_component_is_built_by_some_stack() -> None:
    built = {one.type for system, stage in STACKS for one in recorded(system, stage).resources}
    unused = {ast.literal_eval(super_call(one).args[0]) for one in COMPONENTS} - built
    assert not unused, f"{unused}: code that nothing reaches"
