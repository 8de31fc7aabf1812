"""A program registers nothing of a cluster before it is certain that state and cluster belong together."""

from dataclasses import replace

import pulumi
import pytest

from quadrant_platform.components.base.component import Args, BuildContext
from quadrant_platform.components.network.segments import Segments
from quadrant_platform.components.stack.kubernetes import Kubernetes
from quadrant_platform.preflight.facts import ClusterFacts
from quadrant_platform.program.recorder import Monitor, Recorded
from quadrant_platform.program.runtime import execute
from tests.components.sample import planned

MINE, THEIRS = "9d2c4b1e-6d4f-4a8b-8f6e-0a6c3b7d1e5f", "1c7a9e52-30b1-4f0d-9b57-6e2f8d4c0a11"
OWN = {"quadrant.dev/system": "shop", "quadrant.dev/stack": "dev"}


def run(label: str | None, *, preview_of_nothing: bool = False) -> list[Recorded]:
    """Run a cluster and its namespaces as the engine does, where namespaces of the stack carry a label or are new."""
    there = {} if label is None else {"shop-core": OWN | {"quadrant.dev/state": label}}
    plan, facts = replace(planned(), stack="dev"), ClusterFacts("5c1f0f9e", namespaces=there)
    monitor = Monitor("dev", lambda _urn, _name: {"result": MINE}, preview_of_nothing, False)

    def program() -> None:
        cluster = Kubernetes("cluster", (plan, facts))
        Segments("segments", Args(BuildContext(state=cluster.state), plan), cluster.child_options())

    execute(program, monitor, {}, ("quadrant", "dev"), preview_of_nothing)
    return monitor.recorded


def labels(found: list[Recorded]) -> set[str]:
    spaces = [one.inputs for one in found if one.is_manifest and one.inputs["kind"] == "Namespace"]
    return {one["metadata"]["labels"]["quadrant.dev/state"] for one in spaces}


@pytest.mark.parametrize("label", [None, MINE], ids=["a first run", "an update"])
def test_namespaces_carry_the_identity_of_the_state_that_they_come_from(label: str | None) -> None:
    assert labels(run(label)) == {MINE}, "one state, one identity"


def test_a_preview_of_a_new_state_has_a_known_label() -> None:
    assert labels(run(None, preview_of_nothing=True)) == {"new"}, "no policy can judge an unknown value"


@pytest.mark.parametrize("preview_of_nothing", [True, False])
def test_nothing_is_registered_where_the_cluster_has_the_stack_of_another_state(preview_of_nothing: bool) -> None:
    with pytest.raises(pulumi.RunError, match="shop-core came from another state of a stack dev"):
        run(THEIRS, preview_of_nothing=preview_of_nothing)
