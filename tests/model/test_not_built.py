"""Every key of the schema acts, or stands in the one list of those that do not yet."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache
from itertools import islice
from typing import Any, TypeVar

import pytest
from pydantic import ValidationError, create_model

from quadrant_platform.model.consistency import problems_of, problems_of_environment, problems_with
from quadrant_platform.model.consistency.modes import ACME_KEYS
from quadrant_platform.model.not_built import NOT_BUILT, summary, unbuilt
from quadrant_platform.model.schema.environment import Environment
from quadrant_platform.model.schema.service import ServiceSpec
from quadrant_platform.model.schema.system import System
from quadrant_platform.model.schema.types import Model, Name
from tests.components.sample import environment, shop
from tests.model.effects import effects
from tests.model.everything import environments, everything
from tests.model.variations import Leaf, Place, changed, leaves, places, variations

TRIES = 2
"""Values of a field that are tried at each place where it is set."""
Root = TypeVar("Root", bound=Model)
CHECKED = "services.*.connections"
"""The one key that only bounds others: the sum over all pods must fit what the server takes."""

ENGINES = {"databases.*.engine": "spare-db", "externalDatabases.*.engine": "traces-db"}
"""Keys that others must follow: no valid system differs in one alone. Each has an entry with its second value."""

ISSUER = "publishing.issuer"
"""The one key of an environment that others must follow: settings of an outside signer are refused beside our own."""


def section_of(leaf: Leaf) -> str:
    return leaf.path[0]


def is_listed(leaf: Leaf, patterns: Collection[str]) -> bool:
    return any(f"{leaf}.".startswith(f"{pattern}.") for pattern in patterns)


def parsed(root: type[Root], document: dict[str, Any]) -> Root | None:
    try:
        return root.model_validate(document, by_alias=True, by_name=False)
    except ValidationError:
        return None


@cache
def base() -> System:
    return System.model_validate(everything())


@cache
def contexts() -> dict[str, Environment]:
    return {name: Environment.model_validate(document) for name, document in environments().items()}


@cache
def baseline(context: str) -> str:
    return effects(base(), contexts()[context])


def systems_with(root: type[System], leaf: Leaf, document: dict[str, Any]) -> Iterator[tuple[Place, Any, System]]:
    """Yield valid systems that differ in one field."""
    for place, values in variations(document, leaf):
        found = ((value, parsed(root, changed(document, place, value))) for value in values)
        sound = ((place, value, one) for value, one in found if one and one != base() and not problems_of(one))
        yield from islice(sound, TRIES)


def environments_with(root: type[Environment], leaf: Leaf, name: str) -> Iterator[Environment]:
    """Yield valid environments that differ in one field from that of a name."""
    document = environments()[name]
    for place, values in variations(document, leaf):
        found = (parsed(root, changed(document, place, value)) for value in values)
        sound = (one for one in found if one and not problems_of_environment(one, one.name))
        yield from islice((one for one in sound if not problems_with(base(), one)), TRIES)


def acts_in_system(leaf: Leaf, root: type[System] = System) -> bool:
    """Tell whether another value of a field changes anything; AssertionError where none is valid."""
    tried = 0
    for _, _, system in systems_with(root, leaf, everything()):
        for name, place in contexts().items():
            if not problems_with(system, place):
                tried += 1
                if effects(system, place) != baseline(name):
                    return True
    assert tried, f"{leaf}: no other value fits; extend tests/model/everything.yaml"
    return False


def acts_in_environment(leaf: Leaf, root: type[Environment] = Environment) -> bool:
    """Tell whether another value of a field changes anything; AssertionError where none is valid."""
    tried = 0
    for name in environments():
        for one in environments_with(root, leaf, name):
            tried += 1
            if effects(base(), one) != baseline(name):
                return True
    assert tried, f"{leaf}: no other value fits; extend tests/model/everything.py"
    return False


SYSTEM_LEAVES = [leaf for leaf in leaves(System) if str(leaf) not in (CHECKED, *ENGINES)]
ENVIRONMENT_LEAVES = [leaf for leaf in leaves(Environment) if str(leaf) != ISSUER]


@pytest.mark.parametrize("section", list(dict.fromkeys(map(section_of, SYSTEM_LEAVES))))
def test_every_key_of_a_system_acts_or_is_listed(section: str) -> None:
    open_ = [leaf for leaf in SYSTEM_LEAVES if section_of(leaf) == section and not is_listed(leaf, NOT_BUILT[System])]
    silent = [str(leaf) for leaf in open_ if not acts_in_system(leaf)]
    assert not silent, f"{silent}: no other value changes an object or an output; build it, or list it as not built"


@pytest.mark.parametrize("section", list(dict.fromkeys(map(section_of, ENVIRONMENT_LEAVES))))
def test_every_key_of_an_environment_acts_or_is_listed(section: str) -> None:
    chosen = [leaf for leaf in ENVIRONMENT_LEAVES if section_of(leaf) == section]
    silent = [
        str(leaf) for leaf in chosen if not is_listed(leaf, NOT_BUILT[Environment]) and not acts_in_environment(leaf)
    ]
    assert not silent, f"{silent}: no other value changes an object or an output; build it, or list it as not built"


def inert(root: type[Model], patterns: Collection[str]) -> list[str]:
    """Return the listed fields that could be varied, all at once, without any effect; AssertionError for the others."""
    document, varied = everything(), list[str]()
    for leaf in leaves(root):
        if is_listed(leaf, patterns):
            place, value, _ = next(systems_with(System, leaf, document))
            document = changed(document, place, value)
            varied.append(str(leaf))
    system = System.model_validate(document)
    acting = [name for name, place in contexts().items() if effects(system, place) != baseline(name)]
    assert not acting, f"a listed key acts in {acting}: take it from the list"
    return varied


def test_a_listed_key_of_a_system_has_no_effect() -> None:
    expected = [str(leaf) for leaf in SYSTEM_LEAVES if is_listed(leaf, NOT_BUILT[System])]
    assert inert(System, NOT_BUILT[System]) == expected, "every listed key was varied"


def test_a_listed_key_of_an_environment_has_no_effect() -> None:
    acting = [
        str(leaf)
        for leaf in ENVIRONMENT_LEAVES
        if is_listed(leaf, NOT_BUILT[Environment]) and acts_in_environment(leaf)
    ]
    assert not acting, f"{acting}: take it from the list"


@pytest.mark.parametrize("root", NOT_BUILT, ids=lambda root: root.__name__)
def test_a_listed_key_is_one_of_the_schema(root: type[Model]) -> None:
    gone = [pattern for pattern in NOT_BUILT[root] if not any(is_listed(leaf, [pattern]) for leaf in leaves(root))]
    assert not gone, f"{gone}: the schema has no such key any more; take it from the list"


def test_a_key_that_acts_may_not_be_listed() -> None:
    with pytest.raises(AssertionError, match="a listed key acts in"):
        inert(System, {"services.*.image"})


@pytest.mark.parametrize(("leaf", "name"), ENGINES.items())
def test_an_engine_acts_with_the_keys_that_it_needs(leaf: str, name: str) -> None:
    place = (leaf.partition(".")[0], name)
    entry = everything()[place[0]][name]
    others = {key: value for key, value in entry.items() if key not in ("engine", "httpPort", "settings")}
    system = System.model_validate(changed(everything(), place, others))
    assert effects(system, contexts()["dev"]) != baseline("dev"), "another server runs"


def test_an_issuer_acts_with_the_keys_that_it_needs() -> None:
    name = next(name for name, document in environments().items() if document["publishing"]["issuer"] == "acme")
    kept = {key: value for key, value in environments()[name]["publishing"].items() if key not in ACME_KEYS}
    own = Environment.model_validate(changed(environments()[name], ("publishing",), kept | {"issuer": "selfSigned"}))
    assert not problems_of_environment(own, own.name), "it is a valid environment"
    assert effects(base(), own) != baseline(name), "another issuer signs"


class PlantedService(ServiceSpec):
    """A service with a key that nothing reads."""

    colour: str = ""


PlantedSystem = create_model(
    "PlantedSystem", __base__=System, motto=(str, ""), services=(dict[Name, PlantedService], {})
)
"""A system with a key that nothing reads, and with such services."""


class PlantedEnvironment(Environment):
    """An environment with a key that nothing reads."""

    mood: bool = False


@pytest.mark.parametrize("key", ["motto", "services.*.colour"])
def test_an_unread_key_is_found_at_every_depth(key: str) -> None:
    leaf = next(leaf for leaf in leaves(PlantedSystem) if str(leaf) == key)
    assert not acts_in_system(leaf, PlantedSystem), "nothing reads it, so no value of it changes anything"


def test_an_unread_key_of_an_environment_is_found() -> None:
    leaf = next(leaf for leaf in leaves(PlantedEnvironment) if str(leaf) == "mood")
    assert not acts_in_environment(leaf, PlantedEnvironment), "nothing reads it, so no value of it changes anything"


def test_the_connections_of_a_pod_are_checked_against_what_a_server_takes() -> None:
    place = ("services", "api", "connections")
    leaf = next(leaf for leaf in leaves(System) if str(leaf) == CHECKED)
    assert place in places(everything(), leaf.path), "the key is where the schema has it"
    refused = problems_of(System.model_validate(changed(everything(), place, 10_000)))
    assert any("may open" in problem.what for problem in refused), "so many fit into no pool"


def test_keys_at_their_defaults_are_not_reported() -> None:
    changes = {"services": {"web": {"spot": False, "rollout": {"strategy": "rolling"}}}}
    assert unbuilt(shop(changes), *map(environment, ("dev", "prod"))) == unbuilt(shop()), "nothing is asked for"


def test_keys_are_reported_with_path_area_and_count() -> None:
    changes = {"services": {"web": {"spot": True}, "api": {"spot": True}}, "mesh": {"rateLimitRps": 5}}
    found = unbuilt(shop(changes), environment("prod", {"spot": True}))
    assert "services.api.spot: not built yet (applications)" in map(str, found), "a key is found wherever it is set"
    assert summary(found) == "spot (2 services), origin (1 secret), mesh, environment.spot", (
        "one entry for each section"
    )
