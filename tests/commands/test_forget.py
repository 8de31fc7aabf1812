"""`quadrant forget` drops the record of a cluster that is gone for good, on the stated word."""

from __future__ import annotations

from pathlib import Path

import pytest

from quadrant_platform.applier.clusters import local_state
from tests.applier.applying.fake_pulumi import FakePulumi
from tests.applier.applying.test_recorded_cluster import HERE, OBJECT, RANDOM, THERE, state
from tests.applier.cluster import KUBECONFIG
from tests.commands.running import STACK, Runner
from tests.preflight.scripted_kubectl import scripted


def test_without_the_word_nothing_is_dropped_and_the_loss_is_named(quadrant: Runner, pulumi: FakePulumi) -> None:
    pulumi.holds(state(HERE))
    result = quadrant("forget", HERE, *STACK)
    assert result.code == 2, "the word is missing"
    assert "the record of 1 objects of agents-dev" in result.err, "how much"
    assert "pass --yes if the cluster is gone for good" in result.err, "and the word"
    assert pulumi.state()["resources"] == state(HERE), "nothing was changed"


def test_on_the_word_the_record_goes_and_passwords_stay(quadrant: Runner, pulumi: FakePulumi) -> None:
    pulumi.holds(state(HERE))
    result = quadrant("forget", HERE, *STACK, "--yes")
    assert result.code == 0, result.err
    assert [one["urn"] for one in pulumi.state()["resources"]] == [RANDOM], "the objects' record is gone"
    assert "passwords stay" in result.err, "a restored database opens with the old ones"


def test_a_cluster_that_is_not_recorded_is_refused_with_those_that_are(quadrant: Runner, pulumi: FakePulumi) -> None:
    pulumi.holds(state(HERE))
    result = quadrant("forget", THERE, *STACK, "--yes")
    assert f"agents-dev records no cluster {THERE}; it records {HERE}" in result.err, "a slip in a UID"
    assert OBJECT in str(pulumi.state()), "nothing was changed"


def test_a_cluster_that_answers_is_not_forgotten(quadrant: Runner, pulumi: FakePulumi, tmp_path: Path) -> None:
    (tmp_path / "a").write_text(KUBECONFIG)
    scripted(tmp_path, {"/readyz": (0, "ok", ""), "get namespace kube-system": (0, HERE, "")})
    pulumi.holds(state(HERE, str(tmp_path / "a")))
    result = quadrant("forget", HERE, *STACK, "--yes")
    assert result.code == 2, "its objects would stay, and nothing would know of them"
    assert "is not gone: it answers" in result.err, "the reason"
    assert OBJECT in str(pulumi.state()), "nothing was changed"


def test_the_note_of_kubectl_is_dropped_too(quadrant: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    local_state.note_last_cluster("agents-dev", HERE, tmp_path / "gone", "blue")
    assert quadrant("forget", HERE, *STACK).code == 2, "without the word nothing is dropped"
    assert quadrant("forget", HERE, *STACK, "--yes").code == 0, "with it, the note is"
    assert local_state.last_cluster("agents-dev") is None, "no later up mentions that cluster"
