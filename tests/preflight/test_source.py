"""The source of a program's facts."""

from quadrant_platform.preflight.facts import ClusterFacts
from quadrant_platform.preflight.source import current_facts, facts_given

LIVE = ClusterFacts("5c1f0f9e")


def test_the_cluster_is_asked_where_no_command_gave_facts() -> None:
    assert current_facts(lambda: LIVE) is LIVE, "without facts of a command, the cluster has the word"


def test_facts_that_a_command_gave_go_before_the_cluster() -> None:
    given = ClusterFacts("77aa")
    with facts_given(given):
        assert current_facts(lambda: LIVE) is given, "the command read them a moment ago"
    assert current_facts(lambda: LIVE) is LIVE, "they count within the block alone"


def test_offline_work_has_no_facts_and_asks_nobody() -> None:
    def refuse() -> ClusterFacts:
        raise AssertionError("the cluster was asked")

    with facts_given(None):
        assert current_facts(refuse) is None, "offline work knows no cluster"
