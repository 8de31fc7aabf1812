"""A stack takes no namespace that somebody else has."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from quadrant_platform.preflight.facts import ClusterFacts
from quadrant_platform.preflight.names import problems
from tests.components.sample import planned

OURS = {"quadrant.dev/system": "shop"}


def refused(labels: Mapping[str, str] | None, prefix: str = "", stack: str | None = "shop-dev") -> list[str]:
    there = {} if labels is None else {"shop-core": labels}
    plan = replace(planned(overrides={"namespacePrefix": prefix}), stack=stack)
    return [str(one) for one in problems(ClusterFacts("5c1f0f9e", namespaces=there), plan)]


@pytest.mark.parametrize(
    "labels",
    [None, OURS, OURS | {"quadrant.dev/stack": "shop-dev"}],
    ids=["a new one", "one from before the label", "the stack's own"],
)
def test_a_namespace_of_the_stack_itself_is_no_obstacle(labels: Mapping[str, str] | None) -> None:
    assert refused(labels) == [], "an update meets what the first run made"


@pytest.mark.parametrize(
    ("labels", "what"),
    [
        ({}, "the namespace shop-core exists and is not Quadrant's"),
        ({"quadrant.dev/system": "bank"}, "the namespace shop-core is that of bank"),
        (
            OURS | {"quadrant.dev/stack": "alice"},
            "the namespace shop-core is that of shop in the stack alice, and this is shop-dev",
        ),
    ],
)
def test_a_namespace_of_somebody_else_is_refused(labels: Mapping[str, str], what: str) -> None:
    [text] = refused(labels)
    assert text.startswith(f"namespacePrefix: {what}; set namespacePrefix to"), "what, where and the remedy"
    assert text.endswith("nothing was changed"), "before anything is registered"


def test_the_prefix_as_remedy_is_accepted() -> None:
    assert refused({"quadrant.dev/system": "bank"}, prefix="alice-") == [], "other names, and no obstacle"


def test_a_renamed_stack_is_told_how_to_keep_its_namespaces() -> None:
    [text] = refused(OURS | {"quadrant.dev/stack": "old"}, stack="new")
    assert "`kubectl label namespace shop-core quadrant.dev/stack=new --overwrite`" in text, "the marks of the old name"


def test_a_cluster_that_hides_its_namespaces_refuses_nothing() -> None:
    assert problems(ClusterFacts("5c1f0f9e"), planned()) == [], "an unknown is no finding"
