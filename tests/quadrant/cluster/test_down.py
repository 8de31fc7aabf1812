"""`down` removes what `up` made, and no more."""

import pytest

from tests.quadrant.cluster.cluster import STACK, SYSTEM, Cluster
from tests.quadrant.running import Runner


def test_a_foreign_cluster_needs_a_word_of_consent(quadrant: Runner, settled: Cluster) -> None:
    before = settled.objects
    result = quadrant("down", *STACK)
    assert result.code == 2, "data would go"
    assert "say --yes" in result.err, "the remedy is named"
    assert settled.objects == before, "nothing was changed"


def test_nothing_is_left_after_the_last_system(quadrant: Runner, settled: Cluster) -> None:
    result = quadrant("down", *STACK, "--yes")
    assert result.code == 0, result.err
    assert settled.objects == {}, "objects, values, parent and what all systems share"
    assert "kept:" in result.err, "the user is told what stays"


def test_what_systems_share_stays_with_another_one(quadrant: Runner, settled: Cluster) -> None:
    state = settled.read()
    key = settled.find("System")[0]
    other = {**state["objects"][key], "metadata": {"name": "other", "labels": {}}}
    state["objects"]["quadrant.dev|System||other"] = other
    settled.write(state)
    quadrant("down", *STACK, "--yes")
    left = {key.split("|")[1] for key in settled.objects}
    assert left == {"System", "CustomResourceDefinition", "Namespace", "ResourceQuota"}, "the other one needs them"


def test_a_second_down_finds_nothing_to_do(quadrant: Runner, settled: Cluster) -> None:
    quadrant("down", *STACK, "--yes")
    result = quadrant("down", *STACK, "--yes")
    assert result.code == 0, "an interrupted one can be repeated"
    assert f"nothing of {SYSTEM} is in the cluster" in result.err, "and says so"


def test_the_other_stage_of_a_system_is_not_removed(quadrant: Runner, settled: Cluster) -> None:
    result = quadrant("down", "--system", SYSTEM, "--stack", "prod", "--yes")
    assert result.code == 2, "the cluster holds dev"
    assert "as dev" in result.err, "the message says which"
    assert settled.objects, "nothing was changed"


@pytest.mark.usefixtures("cluster")
def test_a_lab_that_is_not_there_is_no_error(quadrant: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    removed: list[str] = []
    monkeypatch.delenv("KUBECONFIG")
    monkeypatch.setattr("lab.cluster.down", lambda _home, _say: removed.append("lab"))
    assert quadrant("down", *STACK).code == 0, "there is nothing that could be lost"
    assert removed == ["lab"], "what an interrupted start left goes too"
