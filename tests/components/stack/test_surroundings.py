"""The program stops where its cluster lacks what its objects need, unless a command has checked before it."""

import pulumi
import pytest

from quadrant_platform.components.stack.surroundings import check_surroundings
from quadrant_platform.preflight.facts import ClusterFacts
from quadrant_platform.preflight.source import facts_given

OBJECT = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "monitoring"}}
LACKING = ClusterFacts("uid", namespaces={})


def test_a_program_that_asked_the_cluster_itself_refuses_what_is_missing() -> None:
    with pytest.raises(pulumi.RunError, match=r"has no Namespace monitoring.*(?s:.)*does not make it"):
        check_surroundings(LACKING, [OBJECT])


def test_facts_of_a_command_were_checked_by_it() -> None:
    with facts_given(LACKING):
        try:
            check_surroundings(LACKING, [OBJECT])
        except pulumi.RunError as error:
            pytest.fail(f"`up` would report it twice: {error}")
