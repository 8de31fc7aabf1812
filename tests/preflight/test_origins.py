"""A stack changes only what came from its own record: names and labels alone look the same from two backends."""

import pytest

from quadrant_platform.documents.problems import Problem
from quadrant_platform.preflight import origins
from quadrant_platform.preflight.facts import ClusterFacts
from quadrant_platform.preflight.origins import NEW, installed

OURS = installed("shop", "shop-dev")
OWN = {"quadrant.dev/system": "shop", "quadrant.dev/stack": "shop-dev"}
STATE = "quadrant.dev/state"
MINE, THEIRS = "9d2c4b1e-6d4f-4a8b-8f6e-0a6c3b7d1e5f", "1c7a9e52-30b1-4f0d-9b57-6e2f8d4c0a11"


def facts(key: str = "", value: str = "") -> ClusterFacts:
    labels = OWN | ({key: value} if key else {})
    return ClusterFacts("5c1f0f9e", namespaces={"shop-core": labels, "shop-data": labels, "other": {}})


def texts(found: list[Problem]) -> list[str]:
    return [str(one) for one in found]


@pytest.mark.parametrize("state", [MINE, NEW])
def test_what_another_state_made_is_refused_once_with_every_namespace(state: str) -> None:
    [text] = texts(origins.problems(facts(STATE, THEIRS), OURS, state))
    assert text.startswith("shop-core and shop-data came from another state of a stack shop-dev"), "what and where"
    assert f"quadrant.dev/state is {THEIRS} there, and this state is {state}" in text, "why"
    for way in ("PULUMI_BACKEND_URL", "namespacePrefix", "`pulumi stack import`", "nothing was changed"):
        assert way in text, "the ways out"


@pytest.mark.parametrize("label", [(), (STATE, MINE)], ids=["from before the label", "the state's own"])
def test_what_the_state_made_itself_is_no_obstacle(label: tuple[str, ...]) -> None:
    assert not origins.problems(facts(*label), OURS, MINE), "an update meets what the first run made"


def test_another_installation_of_the_same_system_is_none_of_its_business() -> None:
    found = origins.problems(facts(STATE, THEIRS), installed("alice-shop", "alice"), MINE)
    assert not found, "its namespaces have other names"


def test_what_kubectl_applied_is_left_to_quadrant() -> None:
    [text] = texts(origins.problems(facts("applyset.kubernetes.io/part-of", "applyset-x"), OURS, NEW))
    assert "came from `quadrant up` without pulumi; go on with `quadrant up`" in text, "its record is in the cluster"


def test_what_pulumi_made_is_not_applied_by_kubectl() -> None:
    [text] = texts(origins.problems_of_kubectl(facts(STATE, THEIRS), OURS))
    assert "came from pulumi, which is not on PATH here; install pulumi" in text, "its state would know nothing of it"
    assert not origins.problems_of_kubectl(facts(), OURS), "without the label, nobody keeps a state"


def test_a_cluster_that_hides_its_namespaces_refuses_nothing() -> None:
    assert not origins.problems(ClusterFacts("5c1f0f9e"), OURS, MINE), "an unknown is no finding"


def test_a_state_that_began_in_another_cluster_is_refused_with_three_ways_out() -> None:
    [text] = texts(origins.moved(facts(), OURS, "b0c1ffab"))
    assert "records the cluster b0c1ffab, and its settings lead to the cluster 5c1f0f9e" in text, "both of them"
    for way in ("set quadrant:kubeconfig back", "`pulumi destroy`", "`quadrant forget b0c1ffab --stack shop-dev`"):
        assert way in text, "each of them ends in one cluster"
    assert not origins.moved(facts(), OURS, "5c1f0f9e"), "by whichever kubeconfig"


def test_a_stack_is_named_as_a_label_may_be() -> None:
    assert installed("shop", f"{'a' * 62}-b").stack == "a" * 62, "63 characters, no punctuation at the end"
